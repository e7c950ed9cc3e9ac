//! How sure a share is: Wilson's interval for one, Newcombe's for the difference of two. Pure.
//!
//! Newcombe, R. G. (1998): Statistics in Medicine 17, 857-872 (method 3) and 873-890 (method 10).

/// So many standard deviations hold 95 % of a normal distribution.
pub const Z95: f64 = 1.959_963_984_540_054;

/// From where to where, as shares of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// `k` of `n` as a share of 1; nothing of nothing is 0.
pub fn share(k: i64, n: i64) -> f64 {
    if n <= 0 { 0.0 } else { k as f64 / n as f64 }
}

/// Wilson's interval for `k` of `n`, without continuity correction; of nothing, everything is possible.
pub fn wilson(k: i64, n: i64, z: f64) -> Interval {
    if n <= 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (p, n, zz) = (share(k, n), n as f64, z * z);
    let middle = p + zz / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + zz / (4.0 * n * n)).sqrt();
    let scale = 1.0 + zz / n;
    Interval { low: ((middle - half) / scale).max(0.0), high: ((middle + half) / scale).min(1.0) }
}

/// Newcombe's interval for the first share less the second.
pub fn difference(first: (i64, i64), second: (i64, i64), z: f64) -> Interval {
    let (a, b) = (share(first.0, first.1), share(second.0, second.1));
    let (x, y) = (wilson(first.0, first.1, z), wilson(second.0, second.1, z));
    Interval { low: (a - b) - (a - x.low).hypot(y.high - b), high: (a - b) + (x.high - a).hypot(b - y.low) }
}

/// How many standard deviations leave 5 % outside of `comparisons` intervals together (Bonferroni).
pub fn z_shared(comparisons: usize) -> f64 {
    let outside = 0.05 / comparisons.max(1) as f64;
    // The upper tail of a normal distribution falls all the way: halving finds where it is small enough.
    let (mut low, mut high) = (0.0, 12.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if 2.0 * tail(middle) > outside { low = middle } else { high = middle }
    }
    low
}

/// How much of a normal distribution lies above `z`, for `z` from 0: the continued fraction of Laplace, and the series
/// near the middle.
fn tail(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    if z > 3.0 {
        return density / (1..=60).rev().fold(z, |fraction, n| z + f64::from(n) / fraction);
    }
    let (mut term, mut sum) = (z, z);
    for n in 1..60 {
        term *= z * z / f64::from(2 * n + 1);
        sum += term;
    }
    0.5 - density * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four(interval: Interval) -> (String, String) {
        (format!("{:.4}", interval.low), format!("{:.4}", interval.high))
    }

    #[test]
    fn wilsons_interval_is_as_published() {
        for (k, n, low, high) in [
            (0, 10, "0.0000", "0.2775"),
            (1, 10, "0.0179", "0.4042"),
            (5, 10, "0.2366", "0.7634"),
            (10, 10, "0.7225", "1.0000"),
            (81, 263, "0.2553", "0.3662"),
            (15, 148, "0.0624", "0.1605"),
            (0, 20, "0.0000", "0.1611"),
            (1, 29, "0.0061", "0.1718"),
        ] {
            assert_eq!(four(wilson(k, n, Z95)), (low.to_owned(), high.to_owned()), "{k} of {n}");
        }
        assert_eq!(four(wilson(0, 0, Z95)), ("0.0000".to_owned(), "1.0000".to_owned()));
    }

    #[test]
    fn newcombes_interval_is_as_published() {
        for (first, second, low, high) in [
            ((56, 70), (48, 80), "0.0524", "0.3339"),
            ((9, 10), (3, 10), "0.1705", "0.8090"),
            ((10, 10), (0, 20), "0.6791", "1.0000"),
        ] {
            assert_eq!(four(difference(first, second, Z95)), (low.to_owned(), high.to_owned()), "{first:?} {second:?}");
        }
    }

    #[test]
    fn several_comparisons_share_their_five_percent() {
        for (comparisons, z) in [(1, 1.959_964), (3, 2.393_980), (6, 2.638_257), (10, 2.807_034), (190, 3.650_0)] {
            assert!((z_shared(comparisons) - z).abs() < 3e-3, "{comparisons}: {}", z_shared(comparisons));
        }
        assert!((z_shared(1) - Z95).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn an_interval_holds_its_share_and_lies_between_nought_and_one(n in 1i64..5_000, part in 0i64..=100) {
            let k = n * part / 100;
            let Interval { low, high } = wilson(k, n, Z95);
            let slack = 1e-12;
            proptest::prop_assert!(0.0 <= low && low <= share(k, n) + slack && share(k, n) <= high + slack && high <= 1.0);
        }
    }
}
