// Package gcsfake serves the part of Google Cloud Storage's JSON API that the
// store uses, from memory, for tests. Call New and serve it with httptest.
//
// It is faithful where publishing depends on it: preconditions are honoured on
// every operation, generations never repeat, a wrong CRC32C is refused. Faults
// can be put in before or after an operation takes effect.
//
// Source: cloud.google.com/storage/docs/json_api.
package gcsfake

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is an http.Handler that holds buckets.
type Server struct {
	// Fault is asked for what goes wrong with a request; nil is nothing. It may be
	// called from many goroutines.
	Fault func(Request) Fault

	mu         sync.Mutex
	buckets    map[string]map[string]object
	sessions   map[string]*session
	requests   int
	generation int64
}

// object is a stored object with its metadata, in the words of the API.
type object struct {
	Name           string            `json:"name"`
	Size           string            `json:"size"`
	Generation     string            `json:"generation"`
	Metageneration string            `json:"metageneration"`
	CRC32C         string            `json:"crc32c"`
	Updated        time.Time         `json:"updated"`
	Metadata       map[string]string `json:"metadata,omitempty"`

	body []byte
}

// New returns a server with empty buckets of these names.
func New(buckets ...string) *Server {
	s := &Server{buckets: map[string]map[string]object{}, sessions: map[string]*session{}}
	for _, bucket := range buckets {
		s.buckets[bucket] = map[string]object{}
	}
	return s
}

// Requests returns how many requests have come in.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	request := Request{N: s.requests, Method: r.Method, Path: r.URL.Path, Upload: strings.HasPrefix(r.URL.Path, "/upload/")}
	s.mu.Unlock()
	fault := None
	if s.Fault != nil {
		fault = s.Fault(request)
	}
	fault.serve(w, r, s.answer)
}

// answer carries a request out. One at a time: the API is linearizable.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.EscapedPath()
	upload := strings.HasPrefix(path, "/upload")
	bucket, name, ok := objectOf(strings.TrimPrefix(path, "/upload"))
	if !ok {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	objects, exists := s.buckets[bucket]
	if !exists {
		refuse(w, http.StatusNotFound, "The specified bucket does not exist.")
		return
	}
	switch {
	case upload:
		s.upload(w, r, objects, body)
	case name == "" && r.Method == http.MethodGet:
		list(w, r, objects)
	case r.Method == http.MethodGet:
		get(w, r, objects, name)
	case r.Method == http.MethodPatch:
		s.update(w, r, objects, name, body)
	case r.Method == http.MethodDelete:
		remove(w, r, objects, name)
	default:
		refuse(w, http.StatusMethodNotAllowed, r.Method+" is not served")
	}
}

// conditionsHold checks what the request asks of the object, and answers if it
// is not so.
func conditionsHold(w http.ResponseWriter, r *http.Request, objects map[string]object, name string) bool {
	now, exists := objects[name]
	generation, metageneration := "0", "0"
	if exists {
		generation, metageneration = now.Generation, now.Metageneration
	}
	query := r.URL.Query()
	for _, condition := range []struct {
		parameter, actual string
		equal             bool
	}{
		{"ifGenerationMatch", generation, true},
		{"ifGenerationNotMatch", generation, false},
		{"ifMetagenerationMatch", metageneration, true},
		{"ifMetagenerationNotMatch", metageneration, false},
	} {
		if query.Has(condition.parameter) && (query.Get(condition.parameter) == condition.actual) != condition.equal {
			refuse(w, http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold.")
			return false
		}
	}
	return true
}

// find returns the object that the request names, or answers why not.
func find(w http.ResponseWriter, r *http.Request, objects map[string]object, name string) (object, bool) {
	found, exists := objects[name]
	wanted := r.URL.Query().Get("generation")
	if !exists || wanted != "" && wanted != found.Generation {
		refuse(w, http.StatusNotFound, "No such object: "+name)
		return object{}, false
	}
	return found, conditionsHold(w, r, objects, name)
}

func get(w http.ResponseWriter, r *http.Request, objects map[string]object, name string) {
	found, ok := find(w, r, objects, name)
	if !ok {
		return
	}
	if r.URL.Query().Get("alt") != "media" {
		answerJSON(w, found)
		return
	}
	w.Header().Set("X-Goog-Generation", found.Generation)
	w.Header().Set("X-Goog-Hash", "crc32c="+found.CRC32C)
	w.Header().Set("Content-Type", "application/octet-stream")
	first, last, ranged := rangeOf(r.Header.Get("Range"), int64(len(found.body)))
	if !ranged {
		w.Write(found.body)
		return
	}
	if first >= int64(len(found.body)) {
		refuse(w, http.StatusRequestedRangeNotSatisfiable, "The requested range cannot be satisfied.")
		return
	}
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(found.body)))
	w.WriteHeader(http.StatusPartialContent)
	w.Write(found.body[first : last+1])
}

// rangeOf parses "bytes=first-last"; last is that of the object at most.
func rangeOf(header string, size int64) (first, last int64, ranged bool) {
	from, to, ok := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	first, err := strconv.ParseInt(from, 10, 64)
	if !ok || err != nil {
		return 0, 0, false
	}
	last, err = strconv.ParseInt(to, 10, 64)
	if err != nil || last >= size {
		last = size - 1
	}
	return first, last, true
}

// update replaces the object's own metadata, which has a generation as well.
func (s *Server) update(w http.ResponseWriter, r *http.Request, objects map[string]object, name string, body []byte) {
	found, ok := find(w, r, objects, name)
	if !ok {
		return
	}
	var patch struct{ Metadata map[string]string }
	if err := json.Unmarshal(body, &patch); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	n, _ := strconv.ParseInt(found.Metageneration, 10, 64)
	found.Metageneration, found.Metadata = strconv.FormatInt(n+1, 10), patch.Metadata
	objects[name] = found
	answerJSON(w, found)
}

func remove(w http.ResponseWriter, r *http.Request, objects map[string]object, name string) {
	if _, ok := find(w, r, objects, name); !ok {
		return
	}
	delete(objects, name)
	w.WriteHeader(http.StatusNoContent)
}

// put stores an object if the conditions of the request hold and the bytes are
// those that were sent, and answers.
func (s *Server) put(w http.ResponseWriter, r *http.Request, objects map[string]object, meta object, body []byte) (stored *object) {
	if !conditionsHold(w, r, objects, meta.Name) {
		return nil
	}
	checksum := checksumOf(body)
	if meta.CRC32C != "" && meta.CRC32C != checksum {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("Provided CRC32C %q doesn't match calculated CRC32C %q.", meta.CRC32C, checksum))
		return nil
	}
	s.generation++
	stored = &object{
		Name: meta.Name, Size: strconv.Itoa(len(body)), Metageneration: "1", CRC32C: checksum, Metadata: meta.Metadata,
		Generation: strconv.FormatInt(1_700_000_000_000_000+s.generation, 10),
		Updated:    time.Unix(1_700_000_000+s.generation, 0).UTC(),
		body:       body,
	}
	objects[meta.Name] = *stored
	answerJSON(w, stored)
	return stored
}

func checksumOf(body []byte) string {
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

func answerJSON(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer) // a client that has gone away is its own affair
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message}})
}

// Clone returns a server with the same objects, and no faults.
func (s *Server) Clone() *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := New()
	c.generation = s.generation
	for bucket, objects := range s.buckets {
		c.buckets[bucket] = maps.Clone(objects)
	}
	return c
}
