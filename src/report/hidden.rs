//! Small numbers are not shown, and cannot be found by subtraction either. Pure.

use super::SMALLEST;

/// A row of counts as it may be shown: `None` where a number is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Each count.
    pub cells: Vec<Option<i64>>,
    /// Their sum.
    pub total: Option<i64>,
}

/// Whether a number may stand alone: nought names nobody.
fn is_small(n: i64) -> bool {
    n > 0 && n < SMALLEST
}

/// A number that may be part of no sum.
pub fn alone(n: i64) -> Option<i64> {
    (!is_small(n)).then_some(n)
}

/// Hides what is small among counts that add up to their sum: so many of them that what is hidden is at least two numbers
/// and not small together.
pub fn row(counts: &[i64]) -> Shown {
    let total: i64 = counts.iter().sum();
    let mut cells: Vec<Option<i64>> = counts.iter().map(|n| alone(*n)).collect();
    if is_small(total) {
        // Whoever sees which are nought would know that the others are not: the whole row is hidden.
        return Shown { cells: vec![None; counts.len()], total: None };
    }
    let hidden = |cells: &[Option<i64>]| {
        let of = counts.iter().zip(cells).filter(|(_, cell)| cell.is_none());
        of.fold((0, 0), |(n, sum), (count, _)| (n + 1, sum + count))
    };
    loop {
        let (n, sum) = hidden(&cells);
        if n == 0 || (n > 1 && sum >= SMALLEST) {
            return Shown { cells, total: Some(total) };
        }
        // The smallest that is shown goes too; a nought only when nothing else is left.
        let next = (0..cells.len()).filter(|n| cells[*n].is_some()).min_by_key(|n| match counts[*n] {
            0 => i64::MAX,
            count => count,
        });
        let Some(next) = next else { return Shown { cells, total: None } };
        cells[next] = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[i64]) -> (Vec<Option<i64>>, Option<i64>) {
        let Shown { cells, total } = row(counts);
        (cells, total)
    }

    #[test]
    fn a_small_number_takes_the_next_with_it() {
        assert_eq!(shown(&[3, 7, 20]), (vec![None, None, Some(20)], Some(30)));
        assert_eq!(shown(&[3, 0, 20]), (vec![None, Some(0), None], Some(23)));
        assert_eq!(
            shown(&[1, 1, 20, 9]),
            (vec![None, None, Some(20), None], Some(31)),
            "two of two are found together"
        );
        assert_eq!(shown(&[1, 4, 20]), (vec![None, None, Some(20)], Some(25)));
        assert_eq!(shown(&[5, 6, 0]), (vec![Some(5), Some(6), Some(0)], Some(11)));
        assert_eq!(shown(&[0, 0]), (vec![Some(0), Some(0)], Some(0)));
        assert_eq!(shown(&[2, 0, 1]), (vec![None, None, None], None));
        assert_eq!(shown(&[]), (vec![], Some(0)));
    }

    proptest::proptest! {
        /// Whoever knows the sum and what is shown learns that the hidden ones are at least two, and five or more together.
        #[test]
        fn nothing_small_is_shown_or_found(counts in proptest::collection::vec(0i64..12, 1..13)) {
            let Shown { cells, total } = row(&counts);
            let small = |n: &i64| (1..SMALLEST).contains(n);
            proptest::prop_assert!(!cells.iter().flatten().any(small));
            proptest::prop_assert!(!total.iter().any(small));
            let hidden: Vec<i64> = counts.iter().zip(&cells).filter(|(_, cell)| cell.is_none()).map(|(n, _)| *n).collect();
            if total.is_some() && !hidden.is_empty() {
                proptest::prop_assert!(hidden.len() > 1 && hidden.iter().sum::<i64>() >= SMALLEST);
            }
            for (n, cell) in counts.iter().zip(&cells) {
                proptest::prop_assert!(cell.is_none_or(|cell| cell == *n));
            }
        }
    }
}
