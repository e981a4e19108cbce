// Signs a message: go run . 127.0.0.1:50051 hello
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"log"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	signerv1 "signer/v1"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	response, err := signerv1.NewSigningServiceClient(connection).Sign(context.Background(), &signerv1.SignRequest{
		Key:   &signerv1.SignRequest_KeyType{KeyType: signerv1.KeyType_KEY_TYPE_ECDSA_P256},
		Input: &signerv1.SignRequest_Message{Message: []byte(os.Args[2])},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.KeyId, response.Algorithm, base64.StdEncoding.EncodeToString(response.Signature))
}
