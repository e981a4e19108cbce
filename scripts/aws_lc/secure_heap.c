/*
 * Lets AWS-LC take all of its memory from the secure heap of OpenSSL's libcrypto (OPENSSL_secure_malloc(3ossl)): locked,
 * between guard pages, left out of core dumps, and overwritten when it is freed.
 *
 * Each thread keeps some blocks that it has freed, for its next signature. One with RSA takes and frees some 30 of them;
 * for each, the heap locks, splits a larger block, and joins it again, which takes 3 of 241 µs with RSA-2048.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>

static void *(*secure_allocate)(size_t size, const char *file, int line);
static void (*secure_release)(void *memory, const char *file, int line);
static size_t (*size_of)(void *memory);

/*
 * The sizes of blocks that are kept: 32 bytes, the least of the heap, to 32 KiB, a table of RSA-4096, by powers of two. A
 * signature takes up to 10 blocks of a size. A thread keeps at most 1/64 of the heap: 64 KiB by default, of which
 * RSA-2048 needs 24 KiB, and RSA-4096 47 KiB.
 */
enum { LEAST_BITS = 5, SIZES = 11, MAX_OF_A_SIZE = 12, KEPT_SHARE = 64 };
static size_t max_kept;

/*
 * For each block that AWS-LC has, at the number of its first 32 bytes, the index in `kept` of its size, or SIZES. The
 * heap can tell sizes too, but locks and searches: for a signature with RSA some 30 times, which took 1 µs. There is as
 * much room before the block whose address is known as behind it: the heap does not tell where it begins.
 */
static uint8_t *indices;
static uintptr_t indices_begin;

/*
 * A variable of each thread, in the room that glibc leaves for libraries that are loaded later. In the default model each
 * access calls a function of the loader, more than once for each block that a signature takes or frees.
 */
#define OF_THREAD _Thread_local __attribute__((tls_model("initial-exec")))

/* A block that is free, and was overwritten. */
struct block {
  struct block *next;
};

static OF_THREAD struct {
  struct block *first;
  int count;
} kept[SIZES];
static OF_THREAD size_t kept_bytes;

/* Set while the end of the thread releases what is in `kept`. */
static OF_THREAD int is_watched;
static pthread_key_t thread_end;

/* The index in `kept` of the size of blocks with room for `size` bytes. */
static int index_of(size_t size) {
  int index = 0;
  while (((size_t)1 << (LEAST_BITS + index)) < size && index < SIZES) {
    index++;
  }
  return index;
}

static uint8_t *index_of_block(void *memory) {
  return indices + (((uintptr_t)memory - indices_begin) >> LEAST_BITS);
}

/* Returns the blocks that the thread keeps to the heap. */
static void release_kept(void) {
  for (int i = 0; i < SIZES; i++) {
    while (kept[i].first != NULL) {
      struct block *block = kept[i].first;
      kept[i].first = block->next;
      secure_release(block, __FILE__, __LINE__);
    }
    kept[i].count = 0;
  }
  kept_bytes = 0;
}

/* AWS-LC may free memory of the thread after this, so that it is called once more. */
static void on_thread_end(void *unused) {
  (void)unused;
  is_watched = 0;
  release_kept();
}

/* The functions of AWS-LC leave the error of a full heap to the heap. */
static void *allocate(size_t size, const char *file, int line) {
  int index = index_of(size);
  if (index < SIZES && kept[index].first != NULL) {
    struct block *block = kept[index].first;
    kept[index].first = block->next;
    kept[index].count--;
    kept_bytes -= (size_t)1 << (LEAST_BITS + index);
    return block;
  }
  void *made = secure_allocate(size, file, line);
  if (made == NULL) {
    release_kept();
    made = secure_allocate(size, file, line);
  }
  if (made == NULL) {
    OPENSSL_PUT_ERROR(CRYPTO, ERR_R_MALLOC_FAILURE);
    return NULL;
  }
  *index_of_block(made) = (uint8_t)index;
  return made;
}

static void release(void *memory, const char *file, int line) {
  if (memory == NULL) {
    return;
  }
  int index = *index_of_block(memory);
  size_t size = (size_t)1 << (LEAST_BITS + index);
  if (index == SIZES || kept[index].count == MAX_OF_A_SIZE || kept_bytes + size > max_kept) {
    secure_release(memory, file, line);
    return;
  }
  if (!is_watched) {
    is_watched = pthread_setspecific(thread_end, kept) == 0;
  }
  OPENSSL_cleanse(memory, size);
  struct block *block = memory;
  block->next = kept[index].first;
  kept[index].first = block;
  kept[index].count++;
  kept_bytes += size;
}

/*
 * The secure heap has no function of its own for this. A signature with RSA grows two blocks: the table tells their sizes
 * without the lock of the heap.
 */
static void *reallocate(void *old, size_t size, const char *file, int line) {
  int index = *index_of_block(old);
  size_t room = index < SIZES ? (size_t)1 << (LEAST_BITS + index) : size_of(old);
  if (size <= room) {
    return old;
  }
  void *made = allocate(size, file, line);
  if (made == NULL) {
    return NULL;
  }
  memcpy(made, old, room);
  release(old, file, line);
  return made;
}

/*
 * Sets the functions of the heap: CRYPTO_secure_malloc, CRYPTO_secure_free and CRYPTO_secure_actual_size. To be called
 * once, before AWS-LC has taken memory, with the bytes of the heap. Returns 1 on success.
 */
int signer_use_heap(void *(*secure_malloc)(size_t, const char *, int),
                    void (*secure_free)(void *, const char *, int),
                    size_t (*secure_actual_size)(void *), size_t bytes) {
  secure_allocate = secure_malloc;
  secure_release = secure_free;
  size_of = secure_actual_size;
  max_kept = bytes / KEPT_SHARE;
  void *block = secure_allocate(1, __FILE__, __LINE__);
  indices = calloc(2 * bytes >> LEAST_BITS, 1);
  if (block == NULL || indices == NULL) {
    return 0;
  }
  indices_begin = (uintptr_t)block - bytes;
  secure_release(block, __FILE__, __LINE__);
  return pthread_key_create(&thread_end, on_thread_end) == 0 &&
         CRYPTO_set_mem_functions(allocate, reallocate, release);
}

/* Frees a key, and the blocks that the thread keeps: those of a key would fill the heap of others. */
void signer_free_key(EVP_PKEY *key) {
  EVP_PKEY_free(key);
  release_kept();
}
