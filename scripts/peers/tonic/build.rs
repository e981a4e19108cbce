//! Generates the code of signer's contract.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let proto = "../../../proto";
    println!("cargo::rerun-if-changed={proto}/signer/v1");
    let files = ["signer/v1/echo.proto", "signer/v1/signing.proto"];
    let descriptors = protox::compile(files, [proto])?;
    tonic_prost_build::configure()
        .build_client(false)
        // Methods that are not implemented here.
        .generate_default_stubs(true)
        .compile_fds(descriptors)?;
    Ok(())
}
