package gcsfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
)

// chunkMultiple is what the length of each chunk but the last is a multiple of.
const chunkMultiple = 256 << 10

// session is a resumable upload on its way. Its conditions are checked when it
// ends, as those of the first request.
type session struct {
	first *http.Request
	meta  object
	body  []byte
	ended *object // once stored
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request, objects map[string]object, body []byte) {
	query := r.URL.Query()
	switch query.Get("uploadType") {
	case "media":
		s.put(w, r, objects, object{Name: query.Get("name")}, body)
	case "multipart":
		meta, media, err := related(r.Header.Get("Content-Type"), body)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		s.put(w, r, objects, named(meta, r), media)
	case "resumable":
		if r.Method == http.MethodPost {
			s.begin(w, r, body)
			return
		}
		s.resume(w, r, objects, body)
	default:
		refuse(w, http.StatusBadRequest, "uploadType is not one of media, multipart, resumable")
	}
}

func named(meta object, r *http.Request) object {
	if meta.Name == "" {
		meta.Name = r.URL.Query().Get("name")
	}
	return meta
}

// related takes the two parts of a multipart/related body apart.
func related(contentType string, body []byte) (meta object, media []byte, err error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return object{}, nil, err
	}
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	part, err := parts.NextPart()
	if err != nil {
		return object{}, nil, err
	}
	if err := json.NewDecoder(part).Decode(&meta); err != nil {
		return object{}, nil, err
	}
	if part, err = parts.NextPart(); err != nil {
		return object{}, nil, err
	}
	media, err = io.ReadAll(part)
	return meta, media, err
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, body []byte) {
	var meta object
	if err := json.Unmarshal(body, &meta); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	id := strconv.Itoa(len(s.sessions) + 1)
	s.sessions[id] = &session{first: r, meta: named(meta, r)}
	query := r.URL.Query()
	query.Set("upload_id", id)
	w.Header().Set("Location", "http://"+r.Host+r.URL.EscapedPath()+"?"+query.Encode())
}

// resume takes a chunk, or tells how much has come.
func (s *Server) resume(w http.ResponseWriter, r *http.Request, objects map[string]object, body []byte) {
	up, exists := s.sessions[r.URL.Query().Get("upload_id")]
	if !exists {
		refuse(w, http.StatusNotFound, "no such upload")
		return
	}
	if up.ended != nil {
		answerJSON(w, up.ended)
		return
	}
	var first, last, total int64
	header := r.Header.Get("Content-Range")
	if _, err := fmt.Sscanf(header, "bytes */%d", &total); err != nil {
		if _, err := fmt.Sscanf(header, "bytes %d-%d/%d", &first, &last, &total); err != nil || last-first+1 != int64(len(body)) {
			refuse(w, http.StatusBadRequest, "Content-Range "+header)
			return
		}
		have := int64(len(up.body))
		if first > have || last+1 < total && len(body)%chunkMultiple != 0 {
			refuse(w, http.StatusBadRequest, fmt.Sprintf("Content-Range %s, but %d bytes have come, and chunks are multiples of %d", header, have, chunkMultiple))
			return
		}
		up.body = append(up.body[:first:first], body...)
	}
	if int64(len(up.body)) < total {
		if len(up.body) > 0 {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", len(up.body)-1))
		}
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	up.ended = s.put(w, up.first, objects, up.meta, up.body)
}
