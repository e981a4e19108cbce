//! Signer's Echo and Sign on tonic: a server to measure beside signer's own.
//!
//! ```text
//! signer_peer FOLDER ring|aws-lc [THREADS]
//! ```
//!
//! FOLDER has the keys. With one thread, everything runs on tokio's current-thread runtime.

mod echo;
mod keys;
mod signing;

use std::error::Error;

use tokio::net::TcpListener;
use tokio::runtime;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::keys::{Provider, load};
use crate::proto::echo_service_server::EchoServiceServer;
use crate::proto::signing_service_server::SigningServiceServer;

mod proto {
    tonic::include_proto!("signer.v1");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("the folder of the keys is missing")?;
    let provider: Provider = arguments.next().ok_or("the provider is missing")?.parse()?;
    let threads = arguments.next().map(|text| text.parse()).transpose()?;
    let keys = load(folder.as_ref(), provider)?;
    let runtime = match threads {
        Some(1) => runtime::Builder::new_current_thread().enable_all().build()?,
        Some(count) => {
            runtime::Builder::new_multi_thread().worker_threads(count).enable_all().build()?
        }
        None => runtime::Builder::new_multi_thread().enable_all().build()?,
    };
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("ready tcp://{}", listener.local_addr()?);
        Server::builder()
            .add_service(EchoServiceServer::new(echo::Echo))
            .add_service(SigningServiceServer::new(signing::Signing::new(keys)))
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
            .await?;
        Ok(())
    })
}
