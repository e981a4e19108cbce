/** The codes of all errors, by the layer that throws them. */
export interface ErrorCodes {
  /** `src/ffi/libc`: the name of an errno (`src/ffi/libc/errno.ts`), or no usable libc. */
  libc: `E${string}` | "UNSUPPORTED_PLATFORM";

  /** `src/ffi/libcrypto` */
  libcrypto:
    /** No libcrypto could be loaded. */
    | "LIBCRYPTO_MISSING"
    /** The library is older than OpenSSL 3.0, or is not OpenSSL. */
    | "LIBCRYPTO_TOO_OLD"
    /** A function of libcrypto failed. */
    | "LIBCRYPTO_FAILED"
    /** A key was used after it was disposed of. */
    | "HANDLE_DISPOSED";

  /** `src/ffi/libssl` */
  libssl:
    /** No libssl 3 could be loaded. */
    | "LIBSSL_MISSING"
    /** PEM text that libssl does not take. */
    | "BAD_CERTIFICATE"
    | "BAD_CRL"
    /** The private key is not that of the certificate. */
    | "KEY_MISMATCH"
    /** The peer or its certificate was refused, or it refused ours. */
    | "HANDSHAKE_FAILED"
    /** The peer sent more handshake messages after the handshake than a peer needs. */
    | "TOO_MANY_MESSAGES"
    /** Another function of libssl failed. */
    | "LIBSSL_FAILED";

  /** `src/net`: its own codes, or the errno of a failed system call. */
  net:
    /** An address cannot be parsed. */
    | "BAD_ADDRESS"
    /** A valid address that does not fit the action, such as dialling `any`. */
    | "WRONG_ADDRESS"
    /** A host name without an address. */
    | "NAME_NOT_FOUND"
    /** The timeout has expired. */
    | "TIMED_OUT"
    /** The caller has aborted the action. */
    | "ABORTED"
    /** The monitor of a hybrid vsock did not answer `OK`. */
    | "HANDSHAKE_REFUSED"
    /** The monitor of a hybrid vsock closed the connection before it answered. */
    | "HANDSHAKE_CLOSED"
    /** An inherited descriptor is not a listening socket. */
    | "BAD_DESCRIPTOR"
    /** Another process listens on the path of a Unix socket, or the file there is no socket. */
    | "PATH_IN_USE"
    /** TLS failed: the handshake, or a record. */
    | "TLS_FAILED"
    /** A TLS handshake was ended to make room for a newer one: `maxHandshakes` were under way. */
    | "TLS_BUSY"
    /** Used after `close()`. */
    | "CLOSED"
    | ErrorCodes["libc"];

  /** `src/protobuf` */
  protobuf:
    /** The bytes end within a field, or a nested message does. */
    | "TRUNCATED"
    /** A field has the number 0 or an unknown wire type, or ends a group that did not begin. */
    | "INVALID_TAG"
    /** A number of more than 64 bits, or a tag or a length of more than 32. */
    | "INVALID_VARINT"
    /** A string is not UTF-8. */
    | "INVALID_UTF8"
    /** Messages are nested too deeply. */
    | "TOO_DEEP"
    /** A message has too many fields, or too many messages in it. */
    | "TOO_MANY"
    /** A field of a message to be written has a value that is not of its type. */
    | "INVALID_VALUE";

  /** `src/http2`: the error codes of RFC 9113 section 7 and of its limits. */
  http2:
    | "NO_ERROR"
    | "PROTOCOL_ERROR"
    | "INTERNAL_ERROR"
    | "FLOW_CONTROL_ERROR"
    | "SETTINGS_TIMEOUT"
    | "STREAM_CLOSED"
    | "FRAME_SIZE_ERROR"
    | "REFUSED_STREAM"
    | "CANCEL"
    | "COMPRESSION_ERROR"
    | "CONNECT_ERROR"
    | "ENHANCE_YOUR_CALM"
    | "INADEQUATE_SECURITY"
    | "HTTP_1_1_REQUIRED";

  /** `src/grpc`: the status code of a failed call, as gRPC numbers it. */
  grpc: number;

  /** `src/grpc/reflection` */
  reflection:
    /** Descriptors that contradict each other, or lack a file or a type. */
    | "BAD_DESCRIPTORS"
    /** A `.proto` file that cannot be read or parsed. */
    | "BAD_SOURCE"
    /** JSON that does not fit the message. */
    | "BAD_JSON"
    /** A message that has no JSON form. */
    | "BAD_MESSAGE"
    /** A name that the server does not describe. */
    | "UNKNOWN_SYMBOL"
    /** A server without a reflection service. */
    | "NO_REFLECTION"
    /** More descriptors than the limits allow. */
    | "TOO_LARGE";

  /** `src/crypto` */
  crypto:
    /** The algorithm is not one of the table's, or does not fit the key. */
    | "ALGORITHM_MISMATCH"
    /** A digest of the wrong length, or a digest where only messages can be signed. */
    | "BAD_DIGEST"
    /** Bytes that are not the expected DER; the reader of the key makes another code of it. */
    | "BAD_DER"
    /** Key material that cannot be read: damaged, truncated, of an unknown kind. */
    | "BAD_KEY"
    /** Key material that can be read and is refused: too weak, of another curve, of another format. */
    | "KEY_REFUSED"
    /** A public key or a certificate in place of a private key. */
    | "NOT_PRIVATE_KEY"
    /** An encrypted key without a passphrase, or with the wrong one. */
    | "BAD_PASSPHRASE"
    /** A key file that others can read, or that cannot be opened. */
    | "KEY_FILE"
    /** No such key in the store, or no such version of a key. */
    | "NO_SUCH_KEY"
    /** A key without a version that may be used now. */
    | "KEY_INACTIVE"
    /** Versions of a key that do not fit together. */
    | "BAD_KEY_VERSION"
    /** A key id that is taken, or a key that is in the store by another id. */
    | "DUPLICATE_KEY"
    /** A key id that is too long, or has characters that ids do not have. */
    | "BAD_KEY_ID"
    /** A distinguished name or an alternative name that cannot stand in a certificate. */
    | "BAD_NAME"
    /** The provider cannot run here. */
    | "PROVIDER_UNAVAILABLE"
    /** The provider failed; its own error is the cause. */
    | "PROVIDER_FAILED";

  /** `src/files` */
  files:
    | "NOT_FOUND"
    /** The file cannot be opened or read; the error of the system is the cause. */
    | "UNREADABLE"
    /** A folder, a pipe, a socket or a device in the place of a regular file. */
    | "NOT_REGULAR"
    /** More bytes than the limit. */
    | "TOO_LARGE";

  /** `src/access` */
  access:
    /** A file of tokens that cannot be read. */
    | "BAD_TOKENS"
    /** A file of rules that cannot be read. */
    | "BAD_RULES";

  /** `src/audit` */
  audit:
    /** The file cannot be opened. */
    | "AUDIT_FILE"
    /** Lines cannot be written. */
    | "AUDIT_UNWRITABLE";

  /** `src/pipeline` */
  pipeline:
    /** A manifest that cannot be used. */
    | "BAD_MANIFEST"
    /** An input that a node cannot process. */
    | "BAD_INPUT"
    /** More memory than the limits allow. */
    | "LIMIT"
    /** The execution took longer than its limit. */
    | "TIMED_OUT"
    /** The caller has cancelled the execution. */
    | "CANCELLED"
    /** A node failed; its error is the cause. */
    | "NODE_FAILED"
    /** The worker of the execution has failed, and with it all its executions. */
    | "WORKER_FAILED";

  /** `src/config` */
  config:
    /** A text that is no value of an option. */
    | "BAD_VALUE"
    /** A file or an environment with values that cannot be used. */
    | "BAD_CONFIG";

  /** `src/bench` */
  bench:
    /** An expression of `--assert` that cannot be read. */
    | "BAD_ASSERTION"
    /** A file that is not a report, or reports that do not fit together. */
    | "BAD_REPORT";

  /** `src/cli`: the failure of a command. */
  cli:
    /** A wrong command line or configuration. */
    | "USAGE"
    /** A missed threshold of `bench`. */
    | "THRESHOLD"
    /** Ctrl-C at a prompt. */
    | "INTERRUPTED"
    /** A call ended with another status than OK. */
    | "CALL_FAILED"
    /** Another failure. */
    | "FAILED"
    /** The reader of standard output has closed it. */
    | "OUTPUT_CLOSED";
}
