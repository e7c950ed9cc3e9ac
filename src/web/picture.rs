//! A text as a picture for a phone's camera: a QR code in SVG.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around it, as the standard asks.
const MARGIN: i32 = 4;

/// The picture as a `data:` address; `None` when the text is too long for one.
pub fn of(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * MARGIN;
    let dark =
        (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN)).collect();
    // Drawn dark on light whatever the page's colours are: cameras want it so.
    Some(format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {side} {side}'%3E\
         %3Crect width='100%25' height='100%25' fill='%23fff'/%3E%3Cpath d='{path}'/%3E%3C/svg%3E"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_the_three_corners_of_a_code() {
        let picture = of("otpauth://totp/Lykt:kari?secret=ABC").unwrap();
        assert!(picture.starts_with("data:image/svg+xml,") && picture.contains("M4,4h1v1h-1z"));
    }
}
