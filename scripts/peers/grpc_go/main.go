// Signer's Echo and Sign on grpc-go: a server to measure beside signer's own.
//
//	grpc_go FOLDER [CERT KEY [CLIENT_CA]]
//
// FOLDER has the keys. GOMAXPROCS is the number of threads. With a certificate the server is over TLS, and with a CA it
// requires client certificates.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	signerv1 "signer/v1"
)

// key is a private key that signs with SHA-256 as the hash function.
type key struct {
	id        string
	algorithm signerv1.SigningAlgorithm
	signer    crypto.Signer
}

// loadKey reads ID.pem of the folder.
func loadKey(folder, id string, algorithm signerv1.SigningAlgorithm) key {
	text, err := os.ReadFile(filepath.Join(folder, id+".pem"))
	if err != nil {
		log.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		log.Fatalf("%s.pem has no block", id)
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	return key{id, algorithm, private.(crypto.Signer)}
}

type echoServer struct {
	signerv1.UnimplementedEchoServiceServer
}

func (echoServer) Echo(_ context.Context, request *signerv1.EchoRequest) (*signerv1.EchoResponse, error) {
	return &signerv1.EchoResponse{Message: request.Message, Payload: request.Payload}, nil
}

type signingServer struct {
	signerv1.UnimplementedSigningServiceServer
	keys map[signerv1.KeyType]key
}

func (server signingServer) Sign(_ context.Context, request *signerv1.SignRequest) (*signerv1.SignResponse, error) {
	key, found := server.keys[request.GetKeyType()]
	if !found {
		return nil, status.Error(codes.NotFound, "there is no key of this type")
	}
	if request.Algorithm != key.algorithm {
		return nil, status.Error(codes.InvalidArgument, "the algorithm does not fit the key")
	}
	digest := sha256.Sum256(request.GetMessage())
	// PKCS #1 v1.5 for RSA, ASN.1 for ECDSA.
	signature, err := key.signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &signerv1.SignResponse{Signature: signature, KeyId: key.id, Algorithm: key.algorithm}, nil
}

// security reads the files of TLS: certificate, key, and the CA of clients.
func security(files []string) []grpc.ServerOption {
	if len(files) < 2 {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(files[0], files[1])
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}
	if len(files) > 2 {
		text, err := os.ReadFile(files[2])
		if err != nil {
			log.Fatal(err)
		}
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(text)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return []grpc.ServerOption{grpc.Creds(credentials.NewTLS(config))}
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: grpc_go FOLDER [CERT KEY [CLIENT_CA]]")
	}
	folder := os.Args[1]
	ecdsa, rsa := signerv1.SigningAlgorithm_ECDSA_SHA_256, signerv1.SigningAlgorithm_RSASSA_PKCS1_V1_5_SHA_256
	keys := map[signerv1.KeyType]key{
		signerv1.KeyType_KEY_TYPE_ECDSA_P256: loadKey(folder, "ecdsa-p256", ecdsa),
		signerv1.KeyType_KEY_TYPE_RSA_2048:   loadKey(folder, "rsa-2048", rsa),
		signerv1.KeyType_KEY_TYPE_RSA_3072:   loadKey(folder, "rsa-3072", rsa),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(security(os.Args[2:])...)
	signerv1.RegisterEchoServiceServer(server, echoServer{})
	signerv1.RegisterSigningServiceServer(server, signingServer{keys: keys})
	fmt.Printf("ready tcp://%s\n", listener.Addr())
	log.Fatal(server.Serve(listener))
}
