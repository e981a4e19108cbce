/*
 * Signatures per second of a library alone, as `openssl speed -elapsed -multi PROCESSES` counts them, for a library that
 * is loaded by its path: OpenSSL's libcrypto of any version, or AWS-LC as `deno task aws-lc` builds it.
 *
 *   speed LIBRARY KEY.der SECONDS PROCESSES
 *
 * KEY.der is a private key in PKCS#8: RSA signs with PKCS #1 v1.5 padding, EC with ECDSA, both a SHA-256 digest. Prints
 * the signatures per second of all processes together, and the microseconds of CPU time per signature.
 *
 *   cc -O2 -o speed speed.c -ldl
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* CBS of openssl/bytestring.h of AWS-LC. */
struct bytes {
  const uint8_t *data;
  size_t length;
};

/* RSA_PKCS1_PADDING of both libraries. */
enum { PKCS1_PADDING = 1 };

enum { MAX_KEY = 8192, MAX_SIGNATURE = 1024, BETWEEN_CLOCKS = 8 };

static void fail(const char *what) {
  fprintf(stderr, "speed: %s\n", what);
  exit(1);
}

static void *library;

static void *function(const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) {
    fail(dlerror());
  }
  return found;
}

static void *read_key(const char *path) {
  static uint8_t der[MAX_KEY];
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fail("cannot read the key");
  }
  struct bytes rest = {der, fread(der, 1, sizeof der, file)};
  fclose(file);
  if (dlsym(library, "EVP_parse_private_key") != NULL) {
    void *(*parse)(struct bytes *) = function("EVP_parse_private_key");
    return parse(&rest);
  }
  void *(*decode)(void **, const uint8_t **, long) = function("d2i_AutoPrivateKey");
  return decode(NULL, &rest.data, (long)rest.length);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Signs for some seconds, and writes the number of signatures, the seconds, and those of CPU time. */
static void sign(void *key, double seconds, int results) {
  void *(*context_of)(void *, void *) = function("EVP_PKEY_CTX_new");
  int (*start)(void *) = function("EVP_PKEY_sign_init");
  int (*set_padding)(void *, int) = function("EVP_PKEY_CTX_set_rsa_padding");
  int (*set_hash)(void *, const void *) = function("EVP_PKEY_CTX_set_signature_md");
  const void *(*sha256)(void) = function("EVP_sha256");
  int (*sign_digest)(void *, uint8_t *, size_t *, const uint8_t *, size_t) =
      function("EVP_PKEY_sign");
  void *context = context_of(key, NULL);
  if (context == NULL || start(context) != 1) {
    fail("cannot sign with this key");
  }
  /* Only RSA has a padding. */
  set_padding(context, PKCS1_PADDING);
  if (set_hash(context, sha256()) != 1) {
    fail("cannot set the hash");
  }
  uint8_t digest[32] = {1};
  uint8_t signature[MAX_SIGNATURE];
  double result[3] = {0};
  double began = now(CLOCK_MONOTONIC);
  double cpu_began = now(CLOCK_PROCESS_CPUTIME_ID);
  do {
    for (int i = 0; i < BETWEEN_CLOCKS; i++) {
      size_t length = sizeof signature;
      if (sign_digest(context, signature, &length, digest, sizeof digest) != 1) {
        fail("cannot sign");
      }
    }
    result[0] += BETWEEN_CLOCKS;
    result[1] = now(CLOCK_MONOTONIC) - began;
  } while (result[1] < seconds);
  result[2] = now(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
  if (write(results, result, sizeof result) != sizeof result) {
    fail("cannot write the result");
  }
}

int main(int count, char **arguments) {
  if (count != 5) {
    fail("usage: speed LIBRARY KEY.der SECONDS PROCESSES");
  }
  library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fail(dlerror());
  }
  void *key = read_key(arguments[2]);
  if (key == NULL) {
    fail("cannot parse the key");
  }
  int processes = atoi(arguments[4]);
  int results[2];
  if (pipe(results) != 0) {
    fail("cannot make a pipe");
  }
  for (int i = 0; i < processes; i++) {
    pid_t child = fork();
    if (child < 0) {
      fail("cannot fork");
    }
    if (child == 0) {
      sign(key, atof(arguments[3]), results[1]);
      return 0;
    }
  }
  close(results[1]);
  double rate = 0;
  double signatures = 0;
  double cpu = 0;
  for (int i = 0; i < processes; i++) {
    double result[3];
    if (read(results[0], result, sizeof result) != sizeof result) {
      fail("a process has failed");
    }
    rate += result[0] / result[1];
    signatures += result[0];
    cpu += result[2];
  }
  while (wait(NULL) > 0) {
  }
  printf("%.3f %.3f\n", rate, cpu * 1e6 / signatures);
  return 0;
}
