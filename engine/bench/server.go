package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// The chunks are vLLM's.
const (
	chunkStart = `data: {"id":"chatcmpl-7f1c0f7e9a5b4e4c8f4b5a1d2c3e4f5a","object":"chat.completion.chunk","created":1763942579,"model":"m","choices":[{"index":0,"delta":{`
	chunkEnd   = "}]}\n\n"
	roleChunk  = chunkStart + `"role":"assistant","content":""},"logprobs":null,"finish_reason":null` + chunkEnd
	tokenChunk = chunkStart + `"content":" token"},"logprobs":null,"finish_reason":null` + chunkEnd
	stopChunk  = chunkStart + `},"logprobs":null,"finish_reason":"stop","stop_reason":null` + chunkEnd

	wholeBody = `{"id":"chatcmpl-1","object":"chat.completion","created":1763942579,"model":"m","choices":[{"index":0,` +
		`"message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`
)

// eventsBesides the tokens: the role, the stop and [DONE].
const eventsBesides = 3

// askPath ends every path that is asked for a reply.
const askPath = "/v1/chat/completions"

// reply is what a path asks for, before askPath: /stream/TTFT/GAP/TOKENS or /whole.
type reply struct {
	ttft, gap time.Duration
	tokens    int // 0: a whole reply
}

func parseReply(path string) (r reply, err error) {
	path, ok := strings.CutSuffix(path, askPath)
	if !ok {
		return r, fmt.Errorf("no such path: %s", path)
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if parts[0] == "whole" {
		return r, nil
	}
	if parts[0] != "stream" || len(parts) < 4 {
		return r, fmt.Errorf("no such path: %s", path)
	}
	var errs [3]error
	r.ttft, errs[0] = time.ParseDuration(parts[1])
	r.gap, errs[1] = time.ParseDuration(parts[2])
	r.tokens, errs[2] = strconv.Atoi(parts[3])
	return r, errors.Join(errs[:]...)
}

func streamPath(ttft, gap time.Duration, tokens int) string {
	return fmt.Sprintf("/stream/%s/%s/%d", ttft, gap, tokens)
}

func framed(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

// What is written, ready made.
var (
	streamHead = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
		framed(roleChunk) + framed(tokenChunk))
	streamToken = []byte(framed(tokenChunk))
	streamEnd   = []byte(framed(stopChunk) + framed("data: [DONE]\n\n") + "0\r\n\r\n")
	whole       = []byte(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(wholeBody), wholeBody))
	notFound    = []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
)

// serve answers on loopback until ctx ends, and prints its address. It does as little as it can: what it costs is taken
// from the clients that share the machine with it.
func serve(ctx context.Context, w io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	fmt.Fprintf(w, "http://%s\n", listener.Addr()) //nolint:errcheck // the parent would have gone
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go answer(conn)
	}
}

// answer answers the requests of a connection.
func answer(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // there is nothing left to learn from it
	in := bufio.NewReaderSize(conn, 2<<10)
	for {
		path, err := readRequest(in)
		if err != nil {
			return
		}
		r, err := parseReply(path)
		switch {
		case err != nil:
			_, err = conn.Write(notFound)
		case r.tokens == 0:
			_, err = conn.Write(whole)
		default:
			err = stream(conn, r)
		}
		if err != nil {
			return
		}
	}
}

// readRequest takes a request off the connection, and returns its path.
func readRequest(in *bufio.Reader) (path string, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if fields := bytes.Fields(line); len(fields) == 3 {
		path = string(fields[1])
	}
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return "", err
			}
		}
	}
	_, err = in.Discard(length)
	return path, err
}

// stream writes the tokens when they are due, each in one write.
func stream(conn net.Conn, r reply) error {
	due := time.Now().Add(r.ttft)
	next := streamHead
	for range r.tokens {
		time.Sleep(time.Until(due))
		if _, err := conn.Write(next); err != nil {
			return err
		}
		next, due = streamToken, due.Add(r.gap)
	}
	_, err := conn.Write(streamEnd)
	return err
}
