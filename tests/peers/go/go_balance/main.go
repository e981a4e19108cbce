// Go_balance calls signer.v1.EchoService/Echo by grpc-go without a pause, with round_robin over the servers of one name.
//
// Standard input has the addresses of that name, a line for each change: "127.0.0.1:4001 127.0.0.1:4002". The calls end
// with the input. A line of JSON is printed every 100 ms, and at the end.
package main

import (
	"bufio"
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
	_ "google.golang.org/grpc/health"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	method   = "/signer.v1.EchoService/Echo"
	interval = 100 * time.Millisecond
)

type result struct {
	Succeeded int      `json:"succeeded"`
	Errors    []string `json:"errors"`
	// Calls by the address of the server.
	Servers map[string]int `json:"servers"`
	// Connections that calls have used.
	Connections int `json:"connections"`
}

type collector struct {
	lock   sync.Mutex
	result result
	locals map[string]bool
}

func (c *collector) add(server, local string, err error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if err != nil {
		c.result.Errors = append(c.result.Errors, err.Error())
		return
	}
	c.result.Succeeded++
	c.result.Servers[server]++
	c.locals[local] = true
	c.result.Connections = len(c.locals)
}

func (c *collector) print() {
	c.lock.Lock()
	defer c.lock.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(c.result); err != nil {
		log.Fatal(err)
	}
}

// addressesOf parses a line of the input.
func addressesOf(line string) resolver.State {
	var state resolver.State
	for _, address := range strings.Fields(line) {
		one := resolver.Address{Addr: address}
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{one}})
		state.Addresses = append(state.Addresses, one)
	}
	return state
}

func main() {
	concurrent := flag.Int("concurrent", 8, "calls at a time")
	pause := flag.Duration("pause", 0, "time between the calls of each of them")
	timeout := flag.Duration("timeout", 20*time.Second, "time for each call")
	health := flag.Bool("health", false, "watch the health of each server")
	flag.Parse()

	input := bufio.NewScanner(os.Stdin)
	if !input.Scan() {
		log.Fatal("the input has no addresses")
	}
	name := manual.NewBuilderWithScheme("test")
	name.InitialState(addressesOf(input.Text()))
	config := `{"loadBalancingConfig": [{"round_robin": {}}]}`
	if *health {
		config = `{"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}}`
	}
	connection, err := grpc.NewClient("test:///signer",
		grpc.WithResolvers(name),
		grpc.WithDefaultServiceConfig(config),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()

	calls := collector{locals: map[string]bool{}, result: result{Errors: []string{}, Servers: map[string]int{}}}
	ended := make(chan struct{})
	var group sync.WaitGroup
	for range *concurrent {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				select {
				case <-ended:
					return
				case <-time.After(*pause):
				}
				ctx, cancel := context.WithTimeout(context.Background(), *timeout)
				var server peer.Peer
				err := connection.Invoke(ctx, method, wrapperspb.String("x"), new(wrapperspb.StringValue), grpc.Peer(&server))
				cancel()
				if err != nil {
					calls.add("", "", err)
					continue
				}
				calls.add(server.Addr.String(), server.LocalAddr.String(), nil)
			}
		}()
	}
	go func() {
		for range time.Tick(interval) {
			calls.print()
		}
	}()
	for input.Scan() {
		name.UpdateState(addressesOf(input.Text()))
	}
	close(ended)
	group.Wait()
	calls.print()
}
