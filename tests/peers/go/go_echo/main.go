// Go_echo calls signer.v1.EchoService/Echo by grpc-go with messages of one size, many at a time on one
// connection, and prints how many calls succeeded and the errors of the others as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const method = "/signer.v1.EchoService/Echo"

func main() {
	at := flag.String("at", "", "address of the server")
	size := flag.Int("size", 1, "octets of each message")
	count := flag.Int("count", 1, "number of calls")
	concurrent := flag.Int("concurrent", 1, "calls at a time")
	timeout := flag.Duration("timeout", 20*time.Second, "time for each call")
	flag.Parse()

	connection, err := grpc.NewClient("passthrough:///"+*at,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()

	// EchoRequest and EchoResponse have the fields of StringValue: a string with the number 1.
	request := wrapperspb.String(strings.Repeat("x", *size))
	result := struct {
		Succeeded int      `json:"succeeded"`
		Errors    []string `json:"errors"`
	}{Errors: []string{}}
	var lock sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, *concurrent)
	for range *count {
		slots <- struct{}{}
		group.Add(1)
		go func() {
			defer group.Done()
			defer func() { <-slots }()
			ctx, cancel := context.WithTimeout(context.Background(), *timeout)
			defer cancel()
			response := new(wrapperspb.StringValue)
			err := connection.Invoke(ctx, method, request, response)
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				result.Errors = append(result.Errors, err.Error())
			case response.Value != request.Value:
				result.Errors = append(result.Errors, "the response is not the request")
			default:
				result.Succeeded++
			}
		}()
	}
	group.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}
