package extract

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// cutter passes connections on to a server, and cuts the first of them after
// some bytes of answer.
type cutter struct {
	t           testing.TB
	after       int64
	cut         func() // what is done to the server instead of cutting the connection
	connections atomic.Int32
}

// listen returns the connection string by which the server at dsn is reached
// through the cutter.
func (c *cutter) listen(dsn string) string {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		c.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			done.Go(func() { c.pass(client, config) })
		}
	})
	c.t.Cleanup(func() {
		listener.Close()
		done.Wait()
	})
	port := listener.Addr().(*net.TCPAddr).Port
	return fmt.Sprintf("host=127.0.0.1 port=%d user=%s dbname=%s sslmode=disable", port, config.User, config.Database)
}

func (c *cutter) pass(client net.Conn, config *pgconn.Config) {
	defer client.Close()
	network, address := "tcp", fmt.Sprintf("%s:%d", config.Host, config.Port)
	if strings.HasPrefix(config.Host, "/") {
		network, address = "unix", fmt.Sprintf("%s/.s.PGSQL.%d", config.Host, config.Port)
	}
	server, err := net.Dial(network, address)
	if err != nil {
		return // the server is gone, which its client finds out thereby
	}
	defer server.Close()
	first := c.connections.Add(1) == 1
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		io.Copy(server, client) // ends when one of them does
		server.Close()
	}()
	defer func() { <-asked }()
	defer client.Close()
	if first {
		if _, err := io.CopyN(client, server, c.after); err != nil {
			c.t.Error("the answer was too short to be cut:", err)
		}
		if c.cut == nil {
			return
		}
		c.cut()
	}
	io.Copy(client, server) // ends when one of them does
}
