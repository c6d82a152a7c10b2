package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
)

// anything is the condition of a write that has none.
const anything Tag = "*"

// writerField holds, in the metadata of each object, a number of the write that
// made it. It tells our own write, whose answer was lost, from another's of the
// same bytes.
const writerField = "perennial-write"

// errCondition: the object is not as the request has it (HTTP 412).
var errCondition = errors.New("the condition does not hold")

// put writes an object if it has the tag, and returns its new one. When an
// answer was lost and the object has changed since, it is read back: ours is
// success.
func (b *Bucket) put(ctx context.Context, key string, tag Tag, body []byte) (Tag, error) {
	query := url.Values{"name": {b.prefix + key}}
	if tag != anything {
		query.Set("ifGenerationMatch", string(tag))
		if tag == Absent {
			query.Set("ifGenerationMatch", "0")
		}
	}
	writer := rand.Text()
	meta := map[string]any{
		"name": b.prefix + key, "crc32c": checksumOf(crc32.Checksum(body, castagnoli)),
		"contentType": "application/octet-stream", "metadata": map[string]string{writerField: writer},
	}
	send := b.sendWhole
	if len(body) > b.api.singleUpload {
		send = b.sendChunks
	}
	answer, tries, err := send(ctx, query, meta, body)
	var written resource
	if err == nil {
		err = json.Unmarshal(answer.bytes, &written)
	}
	if uncertain := tries > 1 || transient(err); uncertain && err != nil && ctx.Err() == nil {
		return b.readBack(ctx, key, tag, writer, err)
	}
	return Tag(written.Generation), err
}

// readBack finds out what became of a write that ended in err.
func (b *Bucket) readBack(ctx context.Context, key string, tag Tag, writer string, err error) (Tag, error) {
	found, readErr := b.stat(ctx, key)
	switch {
	case readErr == nil && found.Metadata[writerField] == writer:
		return Tag(found.Generation), nil
	case readErr != nil && !errors.Is(readErr, ErrNotExist):
		return Absent, fmt.Errorf("%w; reading it back: %w", err, readErr)
	case errors.Is(err, errCondition) && tag != Absent:
		return Absent, errors.New("an answer was lost, and another has written since: whether ours was there between is not known")
	}
	return Absent, err
}

// sendWhole sends the metadata and the bytes in one request.
func (b *Bucket) sendWhole(ctx context.Context, query url.Values, meta map[string]any, body []byte) (answer, int, error) {
	var sent bytes.Buffer
	parts := multipart.NewWriter(&sent)
	header, err := json.Marshal(meta)
	if err != nil {
		return answer{}, 0, err
	}
	for _, part := range []struct {
		kind string
		body []byte
	}{{"application/json", header}, {"application/octet-stream", body}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind}})
		if err == nil {
			_, err = w.Write(part.body)
		}
		if err != nil {
			return answer{}, 0, err
		}
	}
	if err := parts.Close(); err != nil {
		return answer{}, 0, err
	}
	query.Set("uploadType", "multipart")
	return b.api.do(ctx, request{
		method: http.MethodPost, url: b.uploadURL(query), body: sent.Bytes(),
		header: http.Header{"Content-Type": {"multipart/related; boundary=" + parts.Boundary()}},
	})
}

func (b *Bucket) uploadURL(query url.Values) string {
	return b.api.endpoint + "/upload/storage/v1/b/" + url.PathEscape(b.name) + "/o?" + query.Encode()
}

// sendChunks sends the bytes in pieces. A piece whose answer was lost is not
// sent again before the server has told how much it has.
func (b *Bucket) sendChunks(ctx context.Context, query url.Values, meta map[string]any, body []byte) (answer, int, error) {
	header, err := json.Marshal(meta)
	if err != nil {
		return answer{}, 0, err
	}
	query.Set("uploadType", "resumable")
	begun, tries, err := b.api.do(ctx, request{
		method: http.MethodPost, url: b.uploadURL(query), body: header,
		header: http.Header{"Content-Type": {"application/json"}, "X-Upload-Content-Length": {fmt.Sprint(len(body))}},
	})
	if err != nil {
		return answer{}, tries, err
	}
	return b.sendPieces(ctx, begun.header.Get("Location"), tries, body)
}

// sendPieces sends the bytes to a resumable upload that has begun. It gives up
// after as many failures as other requests, between which nothing came through.
func (b *Bucket) sendPieces(ctx context.Context, session string, tries int, body []byte) (answer, int, error) {
	sent, failures, asking := 0, 0, false
	for {
		end := min(sent+b.api.singleUpload, len(body))
		contentRange, piece := fmt.Sprintf("bytes %d-%d/%d", sent, end-1, len(body)), body[sent:end]
		if asking {
			contentRange, piece = fmt.Sprintf("bytes */%d", len(body)), nil
		}
		got, err := b.api.once(ctx, request{method: http.MethodPut, url: session, body: piece, header: http.Header{"Content-Range": {contentRange}}})
		tries++ // one of several may always have been lost
		switch {
		case err == nil && got.code != http.StatusPermanentRedirect:
			return got, tries, nil
		case err == nil:
			before := sent
			if sent, err = received(got.header.Get("Range"), len(body)); err != nil {
				return answer{}, tries, err
			}
			if sent > before {
				failures = 0
			}
			asking = false
			continue
		case errors.Is(err, ErrNotExist):
			return answer{}, tries, errors.New("the bucket has forgotten the upload (run again)")
		case !transient(err):
			return answer{}, tries, err
		}
		failures, asking = failures+1, true
		if err := b.api.wait(ctx, failures, err); err != nil {
			return answer{}, tries, err
		}
	}
}

// received parses how much of a resumable upload has come: "bytes=0-last".
func received(header string, size int) (int, error) {
	if header == "" {
		return 0, nil
	}
	var last int
	if _, err := fmt.Sscanf(header, "bytes=0-%d", &last); err != nil || last < 0 || last >= size {
		return 0, fmt.Errorf("the server has received %q of %d bytes", header, size)
	}
	return last + 1, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksumOf writes a CRC32C as the API does.
func checksumOf(sum uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}
