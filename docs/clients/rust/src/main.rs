//! Signs a message: cargo run -- 127.0.0.1:50051 hello

use base64::{engine::general_purpose::STANDARD, Engine};

mod signer_v1 {
    tonic::include_proto!("signer.v1");
}

use signer_v1::sign_request::{Input, Key};
use signer_v1::signing_service_client::SigningServiceClient;
use signer_v1::{KeyType, SignRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [address, message] = std::env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let mut client = SigningServiceClient::connect(format!("http://{address}")).await?;
    let request = SignRequest {
        key: Some(Key::KeyType(KeyType::EcdsaP256.into())),
        input: Some(Input::Message(message.into_bytes())),
        ..Default::default()
    };
    let response = client.sign(request).await?.into_inner();
    let algorithm = response.algorithm().as_str_name();
    println!("{} {} {}", response.key_id, algorithm, STANDARD.encode(&response.signature));
    Ok(())
}
