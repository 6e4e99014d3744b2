//! What a program asked of the kernel, as strace wrote it down: every call with its whole data.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// The calls that change files, make them durable, or say something to somebody; and those that
/// must not be missed if a program ever takes to them.
const CALLS: &str = "openat,open,creat,close,dup,dup2,dup3,lseek,\
    write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,copy_file_range,sendfile,\
    splice,mmap,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,\
    link,linkat,symlink,symlinkat,fork,vfork,clone,clone3";

/// Longer than anything a program here writes at once.
const LONGEST_DATA: &str = "67108864";

/// One argument.
#[derive(Debug)]
pub(crate) enum Argument {
    /// Data or a path; of several pieces one after the other.
    Bytes(Vec<u8>),
    /// Anything else, as strace writes it.
    Word(String),
}

/// One call of the kernel.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) result: i64,
}

/// A call begins, and later, after other threads' calls perhaps, it is done.
pub(crate) enum Edge {
    Begins(usize),
    Ends(usize),
}

/// All calls of a program, and in which order they began and ended.
pub(crate) struct Trace {
    pub(crate) calls: Vec<Call>,
    pub(crate) edges: Vec<Edge>,
}

impl Argument {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Word(word) => panic!("{word} is no data"),
        }
    }

    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Bytes(_) => panic!("data where a word was expected"),
        }
    }

    pub(crate) fn number(&self) -> i64 {
        self.word().parse().unwrap_or_else(|_| panic!("{} is no number", self.word()))
    }
}

/// The program `command` under strace, which writes to `log`.
pub(crate) fn traced(command: &Command, log: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-q", "-xx", "--seccomp-bpf", "-s", LONGEST_DATA]);
    strace.arg(format!("-etrace={CALLS}")).arg("-o").arg(log);
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    strace
}

/// Why programs cannot be watched here; `None` if they can.
pub(crate) fn why_not() -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let tried = match traced(&Command::new("true"), &log).output() {
        Ok(tried) => tried,
        Err(error) => return Some(format!("no strace ({error}); apt install strace")),
    };
    let words = String::from_utf8_lossy(&tried.stderr).trim().to_owned();
    (!tried.status.success()).then(|| format!("strace may not trace here: {words}"))
}

impl Trace {
    pub(crate) fn read(log: &Path) -> Self {
        let log = std::fs::read_to_string(log).unwrap();
        let mut trace = Self { calls: Vec::new(), edges: Vec::new() };
        let mut unfinished: HashMap<&str, usize> = HashMap::new();
        for line in log.lines() {
            let (thread, line) = line.split_once(' ').unwrap();
            let line = line.trim_start();
            if line.starts_with("+++") || line.starts_with("---") {
                continue;
            }
            if let Some(resumed) = line.strip_prefix("<... ") {
                let call = unfinished.remove(thread).unwrap_or_else(|| panic!("{line}"));
                let (_, rest) = resumed.split_once(" resumed>").unwrap();
                let (arguments, result) = read_end(rest);
                trace.calls[call].arguments.extend(arguments);
                trace.calls[call].result = result;
                trace.edges.push(Edge::Ends(call));
                continue;
            }
            let (name, rest) = line.split_once('(').unwrap();
            let call = trace.calls.len();
            trace.edges.push(Edge::Begins(call));
            let name = name.to_owned();
            if let Some(arguments) = rest.strip_suffix(" <unfinished ...>") {
                unfinished.insert(thread, call);
                let arguments = read_arguments(arguments);
                trace.calls.push(Call { name, arguments, result: -1 });
            } else {
                let (arguments, result) = read_end(rest);
                trace.calls.push(Call { name, arguments, result });
                trace.edges.push(Edge::Ends(call));
            }
        }
        trace
    }
}

/// The last arguments and the result, as in `3, "\x61") = 1`.
fn read_end(text: &str) -> (Vec<Argument>, i64) {
    let (arguments, result) = text.rsplit_once(" = ").unwrap();
    let arguments = arguments.trim_end().strip_suffix(')').unwrap();
    (read_arguments(arguments), read_result(result))
}

/// `4`, `-1 ENOENT (No such file or directory)`, `0x7f00…`, `?`.
fn read_result(text: &str) -> i64 {
    let first = text.split_whitespace().next().unwrap_or("?");
    first.parse().unwrap_or(if first.starts_with("0x") { 0 } else { -1 })
}

fn read_arguments(text: &str) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, sign) in text.bytes().enumerate() {
        match sign {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                arguments.extend(read_argument(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.extend(read_argument(&text[start..]));
    arguments
}

fn read_argument(text: &str) -> Option<Argument> {
    let text = text.trim();
    if !text.contains('"') {
        return (!text.is_empty()).then(|| Argument::Word(text.to_owned()));
    }
    assert!(!text.contains("\"..."), "data was cut short: {text:.60}");
    let pieces = text.split('"').skip(1).step_by(2);
    Some(Argument::Bytes(pieces.flat_map(read_hex).collect()))
}

/// `\x01\xab`.
fn read_hex(text: &str) -> impl Iterator<Item = u8> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("strace wrote something else than hexadecimal digits"),
    };
    text.as_bytes().chunks(4).map(move |sign| nibble(sign[2]) << 4 | nibble(sign[3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_whole_also_when_another_thread_comes_between() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let text = concat!(
            "7 openat(AT_FDCWD, \"\\x2f\\x61\", O_RDWR|O_CREAT, 0644 <unfinished ...>\n",
            "8 writev(1, [{iov_base=\"\\x61\\x2c\", iov_len=2}, {iov_base=\"\\x62\", iov_len=1}], 2) = 3\n",
            "8 --- SIGCHLD {si_signo=SIGCHLD} ---\n",
            "7 <... openat resumed>)             = 5\n",
            "7 unlink(\"\\x2f\\x62\")   = -1 ENOENT (No such file or directory)\n",
            "7 +++ exited with 0 +++\n",
        );
        std::fs::write(&log, text).unwrap();
        let Trace { calls, edges } = Trace::read(&log);
        let names: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.result)).collect();
        assert_eq!(names, [("openat", 5), ("writev", 3), ("unlink", -1)]);
        assert_eq!(calls[0].arguments[1].bytes(), b"/a");
        assert_eq!(calls[0].arguments[2].word(), "O_RDWR|O_CREAT");
        assert_eq!(calls[1].arguments[1].bytes(), b"a,b");
        let order = edges.iter().map(|edge| match edge {
            Edge::Begins(call) => (false, *call),
            Edge::Ends(call) => (true, *call),
        });
        let order: Vec<_> = order.collect();
        assert_eq!(order, [(false, 0), (false, 1), (true, 1), (true, 0), (false, 2), (true, 2)]);
    }
}
