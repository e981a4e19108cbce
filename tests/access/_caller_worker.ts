/** The entry of workers whose Echo answers with the caller, as JSON. @module */
import { serveAsWorker } from "../../src/grpc/native/workers/mod.ts";
import { callerService } from "./_caller_service.ts";

serveAsWorker(() => ({ services: [callerService()], drain() {}, [Symbol.dispose]() {} }));
