//! The private keys, by ring or by AWS-LC. The two have the same interface but for loading.

use std::error::Error;
use std::path::Path;
use std::str::FromStr;

use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use crate::proto::{KeyType, SigningAlgorithm};

/// A library of cryptography.
#[derive(Clone, Copy)]
pub enum Provider {
    Ring,
    AwsLc,
}

impl FromStr for Provider {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "ring" => Ok(Self::Ring),
            "aws-lc" => Ok(Self::AwsLc),
            _ => Err(format!("unknown provider: {name}")),
        }
    }
}

/// Signs messages, with SHA-256 as the hash function.
pub type Sign = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// A private key.
pub struct Key {
    pub id: &'static str,
    pub key_type: KeyType,
    pub algorithm: SigningAlgorithm,
    pub sign: Sign,
}

/// The keys with their files in the folder.
const KEYS: [(&str, KeyType, SigningAlgorithm); 3] = [
    (
        "ecdsa-p256",
        KeyType::EcdsaP256,
        SigningAlgorithm::EcdsaSha256,
    ),
    (
        "rsa-2048",
        KeyType::Rsa2048,
        SigningAlgorithm::RsassaPkcs1V15Sha256,
    ),
    (
        "rsa-3072",
        KeyType::Rsa3072,
        SigningAlgorithm::RsassaPkcs1V15Sha256,
    ),
];

/// Loads ID.pem of each key.
pub fn load(folder: &Path, provider: Provider) -> Result<Vec<Key>, Box<dyn Error>> {
    KEYS.into_iter()
        .map(|(id, key_type, algorithm)| {
            let der = PrivatePkcs8KeyDer::from_pem_file(folder.join(format!("{id}.pem")))?;
            let der = der.secret_pkcs8_der();
            let sign = match (provider, key_type) {
                (Provider::Ring, KeyType::EcdsaP256) => by_ring::ecdsa(der)?,
                (Provider::Ring, _) => by_ring::rsa(der)?,
                (Provider::AwsLc, KeyType::EcdsaP256) => by_aws_lc::ecdsa(der)?,
                (Provider::AwsLc, _) => by_aws_lc::rsa(der)?,
            };
            Ok(Key {
                id,
                key_type,
                algorithm,
                sign,
            })
        })
        .collect()
}

mod by_ring {
    use ring::error::KeyRejected;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    };

    use super::Sign;

    pub fn ecdsa(der: &[u8]) -> Result<Sign, KeyRejected> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &random)?;
        Ok(Box::new(move |message| {
            Some(key.sign(&random, message).ok()?.as_ref().to_vec())
        }))
    }

    pub fn rsa(der: &[u8]) -> Result<Sign, KeyRejected> {
        let random = SystemRandom::new();
        let key = RsaKeyPair::from_pkcs8(der)?;
        Ok(Box::new(move |message| {
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                .ok()?;
            Some(signature)
        }))
    }
}

mod by_aws_lc {
    use aws_lc_rs::error::KeyRejected;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    };

    use super::Sign;

    pub fn ecdsa(der: &[u8]) -> Result<Sign, KeyRejected> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der)?;
        Ok(Box::new(move |message| {
            Some(key.sign(&random, message).ok()?.as_ref().to_vec())
        }))
    }

    pub fn rsa(der: &[u8]) -> Result<Sign, KeyRejected> {
        let random = SystemRandom::new();
        let key = RsaKeyPair::from_pkcs8(der)?;
        Ok(Box::new(move |message| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                .ok()?;
            Some(signature)
        }))
    }
}
