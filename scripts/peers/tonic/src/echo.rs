//! `signer.v1.EchoService`.

use tonic::{Request, Response, Status};

use crate::proto::echo_service_server::EchoService;
use crate::proto::{EchoRequest, EchoResponse};

pub struct Echo;

#[tonic::async_trait]
impl EchoService for Echo {
    async fn echo(&self, request: Request<EchoRequest>) -> Result<Response<EchoResponse>, Status> {
        let EchoRequest { message, payload } = request.into_inner();
        Ok(Response::new(EchoResponse { message, payload }))
    }
}
