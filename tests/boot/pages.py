"""Which page is on the screen, told by the program's own pictures of its pages."""

from failed import Failed
from patience import until
from picture import Picture

# The pages that are told from each other here, by the names `tiepdon screens` gives them. One of
# those that acknowledge stands for all: they differ in one sentence.
NAMES = ["idle", "idle-reader-missing", "choice", "choice-again", "reason", "done-vneid"]

# A page differs from its picture in the date, the day's figures and the patient's name: never in
# more than this. Two pages have less in common.
ALIKE = 0.6

# The page nobody has touched moves by two millimetres every minute, so that nothing burns in.
WANDERING = ["idle", "idle-reader-missing"]


class Pages:
    def __init__(self, appliance):
        self._pictures = []
        for name in NAMES:
            picture = Picture.read(appliance.picture(name))
            step = int(2 * appliance.pixels_per_mm)
            steps = (-step, 0, step) if name in WANDERING else (0,)
            self._pictures += [
                (picture.moved(across, down), name) for across in steps for down in steps
            ]

    def nearest(self, picture):
        """The page that is most like this picture, and how much."""
        return max((known.likeness(picture), name) for known, name in self._pictures)

    def wait(self, machine, page, seconds):
        """Waits until the page is on the screen; gives its picture and how alike it is."""
        last = []

        def look():
            picture = machine.look()
            if last and picture.rows == last[0].rows:
                return None
            likeness, name = self.nearest(picture)
            last[:] = [picture, name, likeness]
            return (picture, likeness) if name == page and likeness >= ALIKE else None

        try:
            return until(f"the page {page!r}", seconds, look)
        except Failed as failed:
            picture, name, likeness = last
            what = "nothing is drawn" if picture.is_of_one_colour() else (
                f"the screen is most like {name!r}: {likeness:.0%} of it"
            )
            raise Failed(f"{failed}; {what}") from failed
