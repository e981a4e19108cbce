// Signs a message: node sign.mjs PROTO_FOLDER 127.0.0.1:50051 hello
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [protos, address, message] = process.argv.slice(2);
const definition = loadSync("signer/v1/signing.proto", {
  includeDirs: [protos],
  enums: String,
  defaults: true,
});
const { SigningService } = loadPackageDefinition(definition).signer.v1;
const client = new SigningService(address, credentials.createInsecure());

const request = { keyType: "KEY_TYPE_ECDSA_P256", message: Buffer.from(message) };
const deadline = Date.now() + 10_000;
client.Sign(request, { deadline }, (error, response) => {
  client.close();
  if (error) throw error;
  const { keyId, algorithm, signature } = response;
  console.log(keyId, algorithm, signature.toString("base64"));
});
