// FrankenPHP as a library, around one directory: all that the tests need of it, without Caddy.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/dunglas/frankenphp"
)

var (
	listen  = flag.String("listen", "127.0.0.1:0", "the address to listen on")
	root    = flag.String("root", ".", "the directory whose scripts are served")
	threads = flag.Int("threads", 2, "how many threads serve scripts")
	worker  = flag.String("worker", "", "a script that answers all requests, on all these threads: worker mode")
	proxied = flag.Bool("proxied", false, "give PHP another address of the client than that of the connection")
	first   = flag.Bool("php-first", false, "end PHP before the listener, as Caddy may do it")
	get     = flag.String("get", "", "instead of all that: print what is at this URL, by HTTP/2")
)

func main() {
	flag.Parse()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	if *get != "" {
		print(http.Client{Transport: &http.Transport{Protocols: &protocols}})
		return
	}
	check(initialize())
	protocols.SetHTTP1(true)
	server := &http.Server{Handler: http.HandlerFunc(serve), Protocols: &protocols}
	ended := make(chan struct{})
	go obeySignals(server, ended)
	listener, err := net.Listen("tcp", *listen)
	check(err)
	fmt.Println("FrankenPHP listens on", listener.Addr())
	if err = server.Serve(listener); err != http.ErrServerClosed {
		check(err)
	}
	<-ended
}

func print(client http.Client) {
	response, err := client.Get(*get)
	check(err)
	_, err = io.Copy(os.Stdout, response.Body)
	check(err)
}

func initialize() error {
	if !frankenphp.Config().ZTS {
		// Left alone, it starts a second one when the first is busy.
		*threads = 1
	}
	options := []frankenphp.Option{frankenphp.WithNumThreads(*threads), frankenphp.WithMaxThreads(*threads)}
	if *worker != "" {
		// One more thread than workers is what it asks for, and no worker may take it, which it would where PHP is not
		// thread safe.
		options = []frankenphp.Option{
			frankenphp.WithNumThreads(*threads + 1),
			frankenphp.WithWorkers("worker", *worker, *threads, frankenphp.WithWorkerMaxThreads(*threads)),
		}
	}
	return frankenphp.Init(options...)
}

func serve(w http.ResponseWriter, r *http.Request) {
	if *proxied {
		// As a listener does it that takes the PROXY protocol.
		r.RemoteAddr = "192.0.2.1:1"
	}
	options := []frankenphp.RequestOption{frankenphp.WithRequestDocumentRoot(*root, false)}
	if *worker != "" {
		options = append(options, frankenphp.WithWorkerName("worker"))
	}
	request, err := frankenphp.NewRequestWithContext(r, options...)
	if err == nil {
		err = frankenphp.ServeHTTP(w, request)
	}
	if err != nil {
		log.Print(err)
	}
}

// SIGTERM: no new connections, and the end when all requests are answered. SIGUSR1: PHP starts anew.
func obeySignals(server *http.Server, ended chan<- struct{}) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1)
	for received := range signals {
		if received != syscall.SIGUSR1 {
			if *first {
				frankenphp.Shutdown()
			}
			_ = server.Shutdown(context.Background())
			frankenphp.Shutdown()
			close(ended)
			return
		}
		frankenphp.RestartWorkers()
		fmt.Println("PHP has started anew")
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
