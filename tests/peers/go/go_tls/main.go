// Go_tls is an echo over mutual TLS by grpc-go:
//
//	go_tls client ADDRESS CA CERT KEY    calls the echo service, and prints the response in hexadecimal
//	go_tls server CA CERT KEY            prints "ready ADDRESS", and echoes until it is killed
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const method = "/signer.v1.EchoService/Echo"

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// config trusts the CA on both ends, and has the certificate for both.
func config(ca, cert, key string) *tls.Config {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(must(os.ReadFile(ca))) {
		log.Fatalf("no certificate in %s", ca)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(cert, key))},
		RootCAs:      pool,
		ClientCAs:    pool,
		ClientAuth:   tls.RequireAndVerifyClientCert,
	}
}

func client(address string, credentials credentials.TransportCredentials) {
	connection := must(grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(credentials)))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// EchoRequest and EchoResponse have the fields of StringValue: a string with the number 1.
	response := new(wrapperspb.StringValue)
	if err := connection.Invoke(ctx, method, wrapperspb.String("hello"), response); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%x\n", must(proto.Marshal(response)))
}

func echo(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	message := new(wrapperspb.StringValue)
	err := decode(message)
	return message, err
}

func server(credentials credentials.TransportCredentials) {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	serving := grpc.NewServer(grpc.Creds(credentials))
	serving.RegisterService(&grpc.ServiceDesc{
		ServiceName: "signer.v1.EchoService",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Echo", Handler: echo}},
	}, nil)
	fmt.Printf("ready %s\n", listener.Addr())
	log.Fatal(serving.Serve(listener))
}

func main() {
	switch args := os.Args[1:]; {
	case len(args) == 5 && args[0] == "client":
		client(args[1], credentials.NewTLS(config(args[2], args[3], args[4])))
	case len(args) == 4 && args[0] == "server":
		server(credentials.NewTLS(config(args[1], args[2], args[3])))
	default:
		log.Fatal("see the head of main.go")
	}
}
