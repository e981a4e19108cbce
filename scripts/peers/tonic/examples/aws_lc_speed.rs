//! Microseconds of a signature by AWS-LC, to compare with `deno task bench:crypto`:
//!
//! ```text
//! cargo run --release --example aws_lc_speed
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

/// Duration of a turn. The best of the turns counts.
const TURN: Duration = Duration::from_millis(300);
const TURNS: u32 = 5;

fn measure(name: &str, mut sign: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let began = Instant::now();
        let mut count = 0;
        while began.elapsed() < TURN {
            for _ in 0..8 {
                sign();
            }
            count += 8;
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    }
    println!("{name:<11} {best:8.1}");
}

fn main() -> Result<(), Box<dyn Error>> {
    let random = SystemRandom::new();
    let message = [0x61; 64];
    for (name, size) in [
        ("rsa-2048", KeySize::Rsa2048),
        ("rsa-3072", KeySize::Rsa3072),
        ("rsa-4096", KeySize::Rsa4096),
    ] {
        let key = RsaKeyPair::generate(size)?;
        let mut signature = vec![0; key.public_modulus_len()];
        measure(name, || {
            key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature)
                .expect("signs");
        });
    }
    for (name, algorithm) in [
        ("ecdsa-p256", &ECDSA_P256_SHA256_ASN1_SIGNING),
        ("ecdsa-p384", &ECDSA_P384_SHA384_ASN1_SIGNING),
        ("ecdsa-p521", &ECDSA_P521_SHA512_ASN1_SIGNING),
    ] {
        let key = EcdsaKeyPair::generate(algorithm)?;
        measure(name, || {
            key.sign(&random, &message).expect("signs");
        });
    }
    let key = Ed25519KeyPair::generate()?;
    measure("ed25519", || {
        key.sign(&message);
    });
    Ok(())
}
