package gcsfake

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// Request tells a fault of what is asked.
type Request struct {
	N      int // from 1, in the order of arrival
	Method string
	Path   string
	Upload bool
}

// Fault is what goes wrong with a request.
type Fault int

// The faults. Of those after, the operation took effect and the answer is lost.
const (
	None            Fault = iota
	TooManyRequests       // 429
	Unavailable           // 503
	RequestTimeout        // 408
	ResetBefore           // the connection is reset, and nothing was done
	ResetAfter            // the connection is reset
	EOFAfter              // the connection is closed without an answer
	Truncated             // the answer ends in the middle
	faults
)

// Seeded returns a source of faults: each request has one with this probability.
// The faults of a seed are the same for the same order of requests.
func Seeded(seed uint64, probability float64) func(Request) Fault {
	return func(r Request) Fault {
		random := rand.New(rand.NewPCG(seed, uint64(r.N)))
		if random.Float64() >= probability {
			return None
		}
		return Fault(1 + random.IntN(int(faults)-1))
	}
}

// serve answers, or does not, as the fault has it.
func (f Fault) serve(w http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, *http.Request, []byte)) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone away in the middle
	}
	switch f {
	case TooManyRequests:
		refuse(w, http.StatusTooManyRequests, "rate limit")
		return
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "backend error")
		return
	case RequestTimeout:
		refuse(w, http.StatusRequestTimeout, "request timed out")
		return
	case ResetBefore:
		hangUp(w, true)
		return
	}
	recorded := httptest.NewRecorder()
	recorded.Body = new(bytes.Buffer)
	answer(recorded, r, body)
	if f == ResetAfter || f == EOFAfter {
		hangUp(w, f == ResetAfter)
		return
	}
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
	sent := recorded.Body.Bytes()
	if recorded.Code != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(sent)))
	}
	w.WriteHeader(recorded.Code)
	if f == Truncated && len(sent) > 0 {
		w.Write(sent[:len(sent)/2])
		panic(http.ErrAbortHandler)
	}
	w.Write(sent)
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		tcp.SetLinger(0) // the close becomes a reset
	}
	conn.Close()
}
