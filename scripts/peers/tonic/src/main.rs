//! Signer's Echo and Sign on tonic: a server to measure beside signer's own.
//!
//! ```text
//! signer_peer FOLDER ring|aws-lc [THREADS [CERT KEY [CLIENT_CA]]]
//! ```
//!
//! FOLDER has the keys. With one thread, everything runs on tokio's current-thread runtime. With a certificate the server
//! is over TLS by rustls, and with a CA it requires client certificates.

mod echo;
mod keys;
mod signing;

use std::error::Error;

use tokio::net::TcpListener;
use tokio::runtime;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

use crate::keys::{Provider, load};
use crate::proto::echo_service_server::EchoServiceServer;
use crate::proto::signing_service_server::SigningServiceServer;

mod proto {
    tonic::include_proto!("signer.v1");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("the folder of the keys is missing")?;
    let provider: Provider = arguments.next().ok_or("the provider is missing")?.parse()?;
    let threads = arguments.next().map(|text| text.parse()).transpose()?;
    let tls = tls(&arguments.collect::<Vec<_>>())?;
    let keys = load(folder.as_ref(), provider)?;
    let runtime = match threads {
        Some(1) => runtime::Builder::new_current_thread()
            .enable_all()
            .build()?,
        Some(count) => runtime::Builder::new_multi_thread()
            .worker_threads(count)
            .enable_all()
            .build()?,
        None => runtime::Builder::new_multi_thread().enable_all().build()?,
    };
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("ready tcp://{}", listener.local_addr()?);
        let mut server = Server::builder();
        if let Some(tls) = tls {
            server = server.tls_config(tls)?;
        }
        server
            .add_service(EchoServiceServer::new(echo::Echo))
            .add_service(SigningServiceServer::new(signing::Signing::new(keys)))
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
            .await?;
        Ok(())
    })
}

/// Reads the files of TLS: certificate, key, and the CA of clients.
fn tls(files: &[String]) -> Result<Option<ServerTlsConfig>, Box<dyn Error>> {
    let [certificate, key, ..] = files else {
        return Ok(None);
    };
    let identity = Identity::from_pem(std::fs::read(certificate)?, std::fs::read(key)?);
    let mut config = ServerTlsConfig::new().identity(identity);
    if let Some(ca) = files.get(2) {
        config = config.client_ca_root(Certificate::from_pem(std::fs::read(ca)?));
    }
    Ok(Some(config))
}
