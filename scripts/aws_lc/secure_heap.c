/*
 * Lets AWS-LC take all of its memory from the secure heap of OpenSSL's libcrypto (OPENSSL_secure_malloc(3ossl)): locked,
 * between guard pages, left out of core dumps, and overwritten when it is freed.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/mem.h>

static void *(*secure_allocate)(size_t size, const char *file, int line);
static void (*release)(void *memory, const char *file, int line);
static size_t (*size_of)(void *memory);

/* The functions of AWS-LC leave the error of a full heap to the heap. */
static void *allocate(size_t size, const char *file, int line) {
  void *made = secure_allocate(size, file, line);
  if (made == NULL) {
    OPENSSL_PUT_ERROR(CRYPTO, ERR_R_MALLOC_FAILURE);
  }
  return made;
}

/* The secure heap has no function of its own for this. */
static void *reallocate(void *old, size_t size, const char *file, int line) {
  void *made = allocate(size, file, line);
  if (made == NULL) {
    return NULL;
  }
  size_t kept = size_of(old);
  memcpy(made, old, kept < size ? kept : size);
  release(old, file, line);
  return made;
}

/*
 * Sets the functions of the heap: CRYPTO_secure_malloc, CRYPTO_secure_free and CRYPTO_secure_actual_size. To be called
 * once, before AWS-LC has taken memory. Returns 1 on success.
 */
int signer_use_heap(void *(*secure_malloc)(size_t, const char *, int),
                    void (*secure_free)(void *, const char *, int),
                    size_t (*secure_actual_size)(void *)) {
  secure_allocate = secure_malloc;
  release = secure_free;
  size_of = secure_actual_size;
  return CRYPTO_set_mem_functions(allocate, reallocate, release);
}
