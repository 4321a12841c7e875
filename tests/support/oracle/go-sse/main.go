// Reads event streams with Go's go-sse.
//
// Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with the
// events that the client gives its user. With a URL as its argument it connects instead, and comes back
// as its Connection does; each line is an event then.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"

	"github.com/tmaxmax/go-sse"
)

// What a stream's largest event takes; the client's own limit is 64 KiB.
const largest = 16 << 20

type event struct {
	Event string `json:"event"`
	Data  string `json:"data"`
	ID    string `json:"id"`
}

func of(e sse.Event) event {
	if e.Type == "" {
		e.Type = "message"
	}
	return event{e.Type, e.Data, e.LastEventID}
}

// A body that comes in pieces.
type pieces [][]byte

func (p *pieces) Read(into []byte) (int, error) {
	if len(*p) == 0 {
		return 0, io.EOF
	}
	n := copy(into, (*p)[0])
	if (*p)[0] = (*p)[0][n:]; len((*p)[0]) == 0 {
		*p = (*p)[1:]
	}
	return n, nil
}

func parse(question []byte) (events []event, err error) {
	events = []event{}
	var body pieces
	if err = json.Unmarshal(question, &body); err != nil {
		return
	}
	for e, err := range sse.Read(&body, &sse.ReadConfig{MaxEventSize: largest}) {
		if err != nil {
			return events, err
		}
		events = append(events, of(e))
	}
	return
}

func follow(url string, answer *json.Encoder) error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	connection := sse.NewConnection(request)
	connection.Buffer(nil, largest)
	connection.SubscribeToAll(func(e sse.Event) { _ = answer.Encode(of(e)) })
	return connection.Connect()
}

func main() {
	answer := json.NewEncoder(os.Stdout)
	if len(os.Args) > 1 {
		if err := follow(os.Args[1], answer); err != nil {
			panic(err)
		}
		return
	}
	questions := bufio.NewScanner(os.Stdin)
	questions.Buffer(nil, 1<<30)
	for questions.Scan() {
		events, err := parse(questions.Bytes())
		if err != nil {
			panic(err)
		}
		if err := answer.Encode(events); err != nil {
			panic(err)
		}
	}
}
