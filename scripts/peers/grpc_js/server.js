/**
 * Signer's Echo and Sign on grpc-js and Node.js: a server to measure beside signer's own.
 *
 *     node server.js FOLDER PROTO
 *
 * FOLDER has the keys, PROTO the protocol files.
 */
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { loadPackageDefinition, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [folder, includeDir] = process.argv.slice(2);
const files = ["signer/v1/echo.proto", "signer/v1/signing.proto"];
const options = { includeDirs: [includeDir], enums: String, oneofs: true };
const { EchoService, SigningService } = loadPackageDefinition(loadSync(files, options)).signer.v1;

/** Reads ID.pem of the folder. The hash function is SHA-256. */
const loadKey = (id, algorithm) => ({
  id,
  algorithm,
  privateKey: createPrivateKey(readFileSync(join(folder, `${id}.pem`))),
});

const keys = {
  KEY_TYPE_ECDSA_P256: loadKey("ecdsa-p256", "ECDSA_SHA_256"),
  KEY_TYPE_RSA_2048: loadKey("rsa-2048", "RSASSA_PKCS1_V1_5_SHA_256"),
  KEY_TYPE_RSA_3072: loadKey("rsa-3072", "RSASSA_PKCS1_V1_5_SHA_256"),
};

const server = new Server();
server.addService(EchoService.service, {
  Echo: ({ request: { message, payload } }, callback) => callback(null, { message, payload }),
});
server.addService(SigningService.service, {
  Sign({ request: { keyType, algorithm, message } }, callback) {
    const key = keys[keyType];
    if (key?.algorithm !== algorithm) {
      return callback({ code: status.INVALID_ARGUMENT, details: "No key fits the request" });
    }
    const signature = sign("sha256", message, key.privateKey);
    callback(null, { signature, keyId: key.id, algorithm });
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`ready tcp://127.0.0.1:${port}`);
});
