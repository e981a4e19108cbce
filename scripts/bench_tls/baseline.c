/*
 * The yardstick of TLS: a server of one thread over epoll and libssl, and a client that loads any TLS server.
 *
 *   baseline serve CERT KEY [CLIENT_CA]     prints `ready ADDRESS`; echoes what it reads
 *   baseline handshakes PORT COUNT full|resumed [CERT KEY]
 *   baseline echo PORT COUNT BYTES          exchanges of records of so many bytes on one connection
 *   baseline idle PORT COUNT                opens connections, prints "open", and waits for the end of its input
 *
 * Both ends use TLS 1.3 with ALPN h2, as signer does. A server sends an empty SETTINGS frame when a handshake is
 * done, so a client that has read it has also read the session tickets. To measure SSL alone, `serve` knows no HTTP/2.
 *
 *   cc -O2 -o baseline baseline.c -lssl -lcrypto
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const unsigned char SETTINGS[9] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
static const unsigned char ALPN_H2[3] = {2, 'h', '2'};

static void check(int ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  ERR_print_errors_fp(stderr);
  exit(1);
}

static int select_h2(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                     unsigned int length, void *argument) {
  (void)ssl, (void)argument;
  int found = SSL_select_next_proto((unsigned char **)out, out_length, ALPN_H2, sizeof ALPN_H2, in, length);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *context(const SSL_METHOD *method, const char *certificate, const char *key) {
  SSL_CTX *context = SSL_CTX_new(method);
  check(context != NULL, "SSL_CTX_new");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_read_ahead(context, 1);
  if (certificate != NULL) {
    check(SSL_CTX_use_certificate_chain_file(context, certificate) == 1, certificate);
    check(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1, key);
  }
  return context;
}

struct connection {
  SSL *ssl;
  int established;
};

static void end(struct connection *connection) {
  SSL_shutdown(connection->ssl);
  int fd = SSL_get_fd(connection->ssl);
  SSL_free(connection->ssl);
  close(fd);
  free(connection);
}

/* Continues a connection whose socket is readable. */
static void proceed(struct connection *connection) {
  static unsigned char buffer[16384];
  ERR_clear_error();
  if (!connection->established) {
    int result = SSL_do_handshake(connection->ssl);
    if (result != 1) {
      if (SSL_get_error(connection->ssl, result) != SSL_ERROR_WANT_READ) end(connection);
      return;
    }
    connection->established = 1;
    SSL_write(connection->ssl, SETTINGS, sizeof SETTINGS);
  }
  for (;;) {
    int size = SSL_read(connection->ssl, buffer, sizeof buffer);
    if (size <= 0) {
      if (SSL_get_error(connection->ssl, size) != SSL_ERROR_WANT_READ) end(connection);
      return;
    }
    SSL_write(connection->ssl, buffer, size);
  }
}

static void serve(const char *certificate, const char *key, const char *client_ca) {
  SSL_CTX *server = context(TLS_server_method(), certificate, key);
  SSL_CTX_set_alpn_select_cb(server, select_h2, NULL);
  SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(server, (const unsigned char *)"x", 1);
  if (client_ca != NULL) {
    check(SSL_CTX_load_verify_locations(server, client_ca, NULL) == 1, client_ca);
    SSL_CTX_set_client_CA_list(server, SSL_load_client_CA_file(client_ca));
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  }
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  check(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
  check(listen(listener, 1024) == 0, "listen");
  check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0, "epoll_ctl");
  printf("ready tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct epoll_event events[64];
  for (;;) {
    int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr != NULL) {
        proceed(events[i].data.ptr);
        continue;
      }
      int fd;
      while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *connection = calloc(1, sizeof *connection);
        connection->ssl = SSL_new(server);
        SSL_set_fd(connection->ssl, fd);
        SSL_set_accept_state(connection->ssl);
        struct epoll_event readable = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &readable);
      }
    }
  }
}

static SSL_SESSION *latest;

static int keep_session(SSL *ssl, SSL_SESSION *session) {
  (void)ssl;
  if (latest != NULL) SSL_SESSION_free(latest);
  latest = session;
  return 1;
}

static SSL *connected(SSL_CTX *client, int port, SSL_SESSION *session) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  check(fd >= 0, "socket");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  check(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  SSL *ssl = SSL_new(client);
  SSL_set_fd(ssl, fd);
  if (session != NULL) SSL_set_session(ssl, session);
  check(SSL_connect(ssl) == 1, "SSL_connect");
  unsigned char frame[16384];
  check(SSL_read(ssl, frame, sizeof frame) > 0, "SSL_read");
  return ssl;
}

static void disconnect(SSL *ssl) {
  int fd = SSL_get_fd(ssl);
  /* A reset, so that no port waits in TIME_WAIT. */
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  SSL_set_quiet_shutdown(ssl, 1);
  SSL_shutdown(ssl);
  SSL_free(ssl);
  close(fd);
}

static SSL_CTX *client_context(const char *certificate, const char *key) {
  SSL_CTX *client = context(TLS_client_method(), certificate, key);
  SSL_CTX_set_alpn_protos(client, ALPN_H2, sizeof ALPN_H2);
  /* The client is not measured: it checks no certificate. */
  SSL_CTX_set_verify(client, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(client, keep_session);
  return client;
}

static void handshakes(int port, int count, int resumed, const char *certificate, const char *key) {
  SSL_CTX *client = client_context(certificate, key);
  for (int i = 0; i < count; i++) {
    SSL *ssl = connected(client, port, resumed ? latest : NULL);
    check(SSL_session_reused(ssl) == (resumed && i > 0), "a handshake of the other kind");
    disconnect(ssl);
  }
}

static void echo(int port, int count, int bytes) {
  static unsigned char buffer[16384];
  SSL *ssl = connected(client_context(NULL, NULL), port, NULL);
  for (int i = 0; i < count; i++) {
    check(SSL_write(ssl, buffer, bytes) == bytes, "SSL_write");
    for (int read = 0; read < bytes;) {
      int size = SSL_read(ssl, buffer, sizeof buffer);
      check(size > 0, "SSL_read");
      read += size;
    }
  }
  disconnect(ssl);
}

static void idle(int port, int count) {
  SSL_CTX *client = client_context(NULL, NULL);
  for (int i = 0; i < count; i++) connected(client, port, NULL);
  printf("open\n");
  fflush(stdout);
  while (getchar() != EOF) {
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc >= 4 && strcmp(argv[1], "serve") == 0) serve(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
  if (argc < 4) return 2;
  int port = atoi(argv[2]), count = atoi(argv[3]);
  if (argc >= 5 && strcmp(argv[1], "handshakes") == 0) {
    int resumed = strcmp(argv[4], "resumed") == 0;
    handshakes(port, count, resumed, argc > 6 ? argv[5] : NULL, argc > 6 ? argv[6] : NULL);
  } else if (argc >= 5 && strcmp(argv[1], "echo") == 0) {
    echo(port, count, atoi(argv[4]));
  } else if (strcmp(argv[1], "idle") == 0) {
    idle(port, count);
  } else {
    return 2;
  }
  return 0;
}
