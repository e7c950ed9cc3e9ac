//! The oblivious pseudorandom function of RFC 9497, suite ristretto255-SHA512: one asks for the function of inputs that the
//! other does not see, under a key that the one does not see.

use rand_core::OsRng;
use voprf::{BlindedElement, EvaluationElement, OprfClient, OprfServer, Ristretto255};

use crate::domain::private::Private;

/// Bytes of an element on its way.
pub const ELEMENT: usize = 32;
/// Bytes of an output.
pub const OUTPUT: usize = 64;

/// What does not belong to the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no element of the group")]
pub struct NoElement;

impl From<voprf::Error> for NoElement {
    fn from(_: voprf::Error) -> Self {
        NoElement
    }
}

/// What hides one input, and is needed to see its output.
#[derive(Clone)]
pub struct Blind(OprfClient<Ristretto255>);

impl Blind {
    /// Hides an input; the element goes to the other one.
    ///
    /// # Errors
    /// When the input is empty or longer than 65,535 bytes.
    pub fn hide(input: &[u8]) -> Result<(Self, [u8; ELEMENT]), NoElement> {
        let hidden = OprfClient::blind(input, &mut OsRng)?;
        Ok((Self(hidden.state), hidden.message.serialize().into()))
    }

    /// The output for the same input, from what the other one made of its element.
    ///
    /// # Errors
    /// When that is no element.
    pub fn finish(&self, input: &[u8], element: &[u8]) -> Result<[u8; OUTPUT], NoElement> {
        Ok(self.0.finalize(input, &EvaluationElement::deserialize(element)?)?.into())
    }

    /// The bytes to keep it by.
    pub fn to_bytes(&self) -> Private<[u8; ELEMENT]> {
        Private::new(self.0.serialize().into())
    }

    /// From the bytes it was kept by.
    ///
    /// # Errors
    /// When they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoElement> {
        Ok(Self(OprfClient::deserialize(bytes)?))
    }
}

/// The key of the function.
pub struct Secret(OprfServer<Ristretto255>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// Never, as far as anybody knows.
    pub fn make() -> Result<Self, NoElement> {
        Ok(Self(OprfServer::new(&mut OsRng)?))
    }

    /// From its bytes.
    ///
    /// # Errors
    /// When they are no key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoElement> {
        Ok(Self(OprfServer::new_with_key(bytes)?))
    }

    /// What it makes of an element, without seeing what that hides.
    ///
    /// # Errors
    /// When it is no element.
    pub fn turn(&self, element: &[u8]) -> Result<[u8; ELEMENT], NoElement> {
        Ok(self.0.blind_evaluate(&BlindedElement::deserialize(element)?).serialize().into())
    }

    /// The output for an input of our own.
    ///
    /// # Errors
    /// When the input is longer than 65,535 bytes.
    pub fn output(&self, input: &[u8]) -> Result<[u8; OUTPUT], NoElement> {
        Ok(self.0.evaluate(input)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9497, appendix A.1.1: OPRF(ristretto255, SHA-512), mode OPRF.
    #[test]
    fn the_vectors_of_rfc_9497_come_out() {
        let key = bytes("5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e");
        let blind = bytes("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706");
        let secret = Secret::from_bytes(&key).unwrap();
        let hidden = Blind::from_bytes(&blind).unwrap();
        for (input, blinded, turned, output) in [
            (
                "00",
                "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
                "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
                "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6",
            ),
            (
                "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
                "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
                "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
                "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73",
            ),
        ] {
            assert_eq!(secret.turn(&bytes(blinded)).unwrap().to_vec(), bytes(turned));
            assert_eq!(hidden.finish(&bytes(input), &bytes(turned)).unwrap().to_vec(), bytes(output));
            assert_eq!(secret.output(&bytes(input)).unwrap().to_vec(), bytes(output));
        }
    }

    #[test]
    fn an_input_comes_out_alike_whoever_asks_and_however_it_was_hidden() {
        let secret = Secret::make().unwrap();
        let (one, element) = Blind::hide(b"+46701740605").unwrap();
        let (other, another) = Blind::hide(b"+46701740605").unwrap();
        assert_ne!(element, another, "what is sent says nothing of what is asked");
        let outputs = [(&one, element), (&other, another)]
            .map(|(blind, element)| blind.finish(b"+46701740605", &secret.turn(&element).unwrap()).unwrap());
        assert_eq!(outputs, [secret.output(b"+46701740605").unwrap(); 2]);
        assert_ne!(outputs[0], secret.output(b"+46701740606").unwrap());
        let kept = Blind::from_bytes(one.to_bytes().expose()).unwrap();
        assert_eq!(kept.finish(b"+46701740605", &secret.turn(&element).unwrap()).unwrap(), outputs[0]);
        assert_eq!(secret.turn(&[0; ELEMENT]), Err(NoElement), "the neutral element shows the key");
        assert_eq!(secret.turn(&[0xff; ELEMENT]), Err(NoElement));
        assert_eq!(secret.turn(b"short"), Err(NoElement));
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }
}
