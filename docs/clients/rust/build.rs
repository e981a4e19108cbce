fn main() -> Result<(), Box<dyn std::error::Error>> {
    let protos = "../../../proto";
    let files = ["keys", "signing"].map(|name| format!("{protos}/signer/v1/{name}.proto"));
    tonic_prost_build::configure()
        .build_server(false)
        .compile_protos(&files, &[protos.to_string()])?;
    Ok(())
}
