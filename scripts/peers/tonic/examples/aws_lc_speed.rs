//! Microseconds of CPU time of a signature by AWS-LC, to compare with `deno task bench:crypto`:
//!
//! ```text
//! cargo run --release --example aws_lc_speed
//! ```

use std::error::Error;
use std::fs;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

/// Nanoseconds of CPU time of a turn. The best of the turns counts.
const TURN: u64 = 300_000_000;
const TURNS: u32 = 5;

/// CPU time of the main thread in nanoseconds (Linux, sched-stats.rst).
fn cpu_time() -> u64 {
    let text = fs::read_to_string("/proc/self/schedstat").expect("is readable");
    text.split(' ')
        .next()
        .and_then(|field| field.parse().ok())
        .expect("is a number")
}

fn measure(name: &str, mut sign: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let began = cpu_time();
        let mut count = 0;
        while cpu_time() - began < TURN {
            for _ in 0..64 {
                sign();
            }
            count += 64;
        }
        best = best.min((cpu_time() - began) as f64 / 1_000.0 / f64::from(count));
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
