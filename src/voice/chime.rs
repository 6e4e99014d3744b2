//! The chime of a call, made here: a few soft notes of a bell, as WAV.

use std::f64::consts::TAU;

use crate::call::Tone;

/// What every ALSA device takes without conversion.
const RATE: u32 = 48_000;

const BYTES_PER_SAMPLE: u16 = 2;

/// A display's loudspeaker wakes up during the first tenths of a second and plays nothing of them.
const WAKING_SECONDS: f64 = 0.3;

/// The loudest sample, of the greatest there is: loud enough for a hall, and far from clipping.
const PEAK: f64 = 0.6;

/// A note that begins at once clicks.
const ATTACK_SECONDS: f64 = 0.012;

/// In how long a note has fallen to a third.
const DECAY_SECONDS: f64 = 0.35;

const NOTE_SECONDS: f64 = 1.1;

/// From one note to the next.
const STEP_SECONDS: f64 = 0.42;

/// Hertz. A falling third says "ding dong", as at a door; a rising chord asks again, and no louder.
const fn notes(tone: Tone) -> &'static [f64] {
    match tone {
        Tone::Call => &[659.26, 523.25],
        Tone::Still => &[523.25, 659.26, 783.99],
    }
}

/// The chime as a WAV file: PCM, 16 bits, one channel.
pub fn chime(tone: Tone) -> Vec<u8> {
    let wave = wave(tone);
    let loudest = wave.iter().fold(f64::MIN_POSITIVE, |most, sample| most.max(sample.abs()));
    let scale = PEAK * f64::from(i16::MAX) / loudest;
    let samples: Vec<u8> =
        wave.iter().flat_map(|sample| ((sample * scale) as i16).to_le_bytes()).collect();
    let mut file = header(samples.len());
    file.extend(samples);
    file
}

fn wave(tone: Tone) -> Vec<f64> {
    let notes = notes(tone);
    let seconds = WAKING_SECONDS + STEP_SECONDS * (notes.len() - 1) as f64 + NOTE_SECONDS;
    let length = (seconds * f64::from(RATE)) as u32;
    (0..length)
        .map(|index| {
            let at = f64::from(index) / f64::from(RATE) - WAKING_SECONDS;
            notes
                .iter()
                .zip(0_u32..)
                .map(|(hertz, place)| note(*hertz, at - STEP_SECONDS * f64::from(place)))
                .sum()
        })
        .collect()
}

/// A note, so long after it began.
fn note(hertz: f64, at: f64) -> f64 {
    if !(0.0..NOTE_SECONDS).contains(&at) {
        return 0.0;
    }
    let rises = (at / ATTACK_SECONDS).min(1.0);
    // To nothing at its end: what is cut off clicks.
    let falls = (-at / DECAY_SECONDS).exp() * (1.0 - at / NOTE_SECONDS);
    // Above the note a little of its octave and of the one above: old ears hear it better so.
    let bell = (TAU * hertz * at).sin()
        + 0.35 * (TAU * 2.0 * hertz * at).sin()
        + 0.12 * (TAU * 4.0 * hertz * at).sin();
    rises * falls * bell
}

/// RIFF, `fmt ` and the head of `data`.
fn header(bytes: usize) -> Vec<u8> {
    const PCM: u16 = 1;
    const CHANNELS: u16 = 1;
    const FORMAT_BYTES: u32 = 16;
    // "WAVE", and the two heads with the format between them.
    const BETWEEN: u32 = 4 + 8 + FORMAT_BYTES + 8;
    let data = u32::try_from(bytes).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(bytes + 44);
    file.extend(b"RIFF");
    file.extend((BETWEEN + data).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(FORMAT_BYTES.to_le_bytes());
    file.extend(PCM.to_le_bytes());
    file.extend(CHANNELS.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * u32::from(BYTES_PER_SAMPLE * CHANNELS)).to_le_bytes());
    file.extend((BYTES_PER_SAMPLE * CHANNELS).to_le_bytes());
    file.extend((8 * BYTES_PER_SAMPLE).to_le_bytes());
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples between -1 and 1.
    fn samples(tone: Tone) -> Vec<f64> {
        let file = chime(tone);
        let pairs = file[44..].chunks_exact(2);
        pairs.map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0).collect()
    }

    fn rms(samples: &[f64]) -> f64 {
        (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64).sqrt()
    }

    #[test]
    fn a_chime_is_heard_and_neither_clips_nor_clicks() {
        for tone in [Tone::Call, Tone::Still] {
            let samples = samples(tone);
            let seconds = samples.len() as f64 / f64::from(RATE);
            assert!((1.5..3.0).contains(&seconds), "{seconds} s: shorter than the shortest pause");
            let peak = samples.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
            assert!((0.55..0.65).contains(&peak), "{peak}");
            assert!(rms(&samples) > 0.05, "{}", rms(&samples));
            let mean = samples.iter().sum::<f64>() / samples.len() as f64;
            assert!(mean.abs() < 0.001, "{mean}");
            let jump = samples.windows(2).fold(0.0_f64, |most, it| most.max((it[1] - it[0]).abs()));
            assert!(jump < 0.25, "{jump}");
            assert!(samples.last().unwrap().abs() < 0.001);
            // The sleepy tenths hold nothing that must be heard.
            assert!(rms(&samples[..(0.29 * f64::from(RATE)) as usize]) < 1e-9);
        }
        assert!(rms(&samples(Tone::Still)) < 1.5 * rms(&samples(Tone::Call)), "no louder");
    }

    #[test]
    fn the_head_of_the_file_says_what_follows() {
        let file = chime(Tone::Call);
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!((&file[..4], &file[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!(word(4) as usize, file.len() - 8);
        assert_eq!(word(40) as usize, file.len() - 44);
        assert_eq!(word(28), RATE * 2, "bytes a second");
    }
}
