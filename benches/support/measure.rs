//! Measuring: real seconds, processor seconds of this process, its peak memory; and a table of them.

use lykt::clock::boot_ms;

/// Ticks of the processor's time in `/proc`, a second: fixed in Linux's interface to programs.
const TICKS: f64 = 100.0;

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Real seconds.
    pub seconds: f64,
    /// Processor seconds of this process, all threads.
    pub cpu: f64,
}

/// Measures a piece of work.
pub async fn took<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, Took)> {
    let (began, cpu) = (boot_ms(), cpu_seconds()?);
    let done = work.await?;
    let took = Took { seconds: (boot_ms() - began) as f64 / 1000.0, cpu: cpu_seconds()? - cpu };
    Ok((done, took))
}

fn cpu_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The program's name may hold spaces; the fields after it are counted from the closing bracket.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / TICKS)
}

/// The most memory this process has had, in megabytes.
pub fn peak_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// Forgets the peak so far, where the system lets us.
pub fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A number from the environment, for larger runs.
pub fn size(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The middle one of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
