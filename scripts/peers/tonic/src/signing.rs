//! `signer.v1.SigningService`, of which only Sign by the type of the key is there.

use tonic::{Request, Response, Status};

use crate::keys::Key;
use crate::proto::sign_request::{Input, Key as Name};
use crate::proto::signing_service_server::SigningService;
use crate::proto::{SignRequest, SignResponse};

pub struct Signing {
    keys: Vec<Key>,
}

impl Signing {
    pub fn new(keys: Vec<Key>) -> Self {
        Self { keys }
    }
}

#[tonic::async_trait]
impl SigningService for Signing {
    async fn sign(&self, request: Request<SignRequest>) -> Result<Response<SignResponse>, Status> {
        let request = request.into_inner();
        let Some(Name::KeyType(key_type)) = request.key else {
            return Err(Status::invalid_argument("key_type is missing"));
        };
        let Some(Input::Message(message)) = request.input else {
            return Err(Status::invalid_argument("message is missing"));
        };
        let key = self
            .keys
            .iter()
            .find(|key| key.key_type as i32 == key_type)
            .ok_or_else(|| Status::not_found("there is no key of this type"))?;
        if request.algorithm != key.algorithm as i32 {
            return Err(Status::invalid_argument(
                "the algorithm does not fit the key",
            ));
        }
        let signature = (key.sign)(&message).ok_or_else(|| Status::internal("no signature"))?;
        Ok(Response::new(SignResponse {
            signature,
            key_id: key.id.to_owned(),
            algorithm: request.algorithm,
            ..SignResponse::default()
        }))
    }
}
