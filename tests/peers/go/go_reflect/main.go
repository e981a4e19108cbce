// Go_reflect serves grpc.testing.TestService and the reflection service by grpc-go, and prints its address.
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"google.golang.org/grpc"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/reflection"
)

type server struct {
	testgrpc.UnimplementedTestServiceServer
}

// UnaryCall returns the payload of the request.
func (server) UnaryCall(_ context.Context, request *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
	return &testgrpc.SimpleResponse{Payload: request.GetPayload()}, nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	grpcServer := grpc.NewServer()
	testgrpc.RegisterTestServiceServer(grpcServer, server{})
	reflection.Register(grpcServer)
	fmt.Printf("ready %s\n", listener.Addr())
	log.Fatal(grpcServer.Serve(listener))
}
