package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// readChunk is how many bytes are asked for in one request.
const readChunk = 16 << 20

// errOverwritten: the generation that was being read is gone.
var errOverwritten = errors.New("the object was overwritten while it was read")

// download writes the whole object to w, in ranges of one generation, and checks
// it against the checksum that the bucket has. It begins anew if the object is
// overwritten, which needs a w that can be truncated.
func (b *Bucket) download(ctx context.Context, key string, w truncater) (Tag, error) {
	for tries := 1; ; tries++ {
		tag, err := b.downloadOnce(ctx, key, w)
		if err == nil || tries == b.api.tries || !errors.Is(err, errOverwritten) && !errors.Is(err, errChecksum) {
			return tag, err
		}
		if err := w.Truncate(0); err != nil {
			return Absent, err
		}
	}
}

// truncater is a writer that can begin anew.
type truncater interface {
	io.Writer
	Truncate(n int) error
}

// memory is a truncater in memory.
type memory struct{ bytes.Buffer }

func (m *memory) Truncate(n int) error {
	m.Buffer.Truncate(n)
	return nil
}

// errChecksum: what was read is not what the bucket holds.
var errChecksum = errors.New("the bytes do not have the checksum of the object")

func (b *Bucket) downloadOnce(ctx context.Context, key string, w io.Writer) (Tag, error) {
	sum := crc32.New(castagnoli)
	var at piece
	for offset := int64(0); offset == 0 || offset < at.size; {
		next, err := b.piece(ctx, key, at.generation, offset, readChunk)
		if errors.Is(err, errBehindEnd) && offset == 0 {
			next, err = b.empty(ctx, key)
		}
		if err != nil {
			return Absent, err
		}
		if _, err := io.MultiWriter(w, sum).Write(next.bytes); err != nil {
			return Absent, err
		}
		at, offset = next, offset+int64(len(next.bytes))
		if at.size == 0 {
			break
		}
	}
	if got := checksumOf(sum.Sum32()); got != at.crc32c {
		return Absent, fmt.Errorf("%w: CRC32C %s, want %s", errChecksum, got, at.crc32c)
	}
	return Tag(at.generation), nil
}

// readRange reads length bytes from offset on, of one generation.
func (b *Bucket) readRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	if offset < 0 || length <= 0 {
		return b.nothing(ctx, key, offset, length)
	}
	var body []byte
	generation := ""
	for int64(len(body)) < length {
		from := offset + int64(len(body))
		next, err := b.piece(ctx, key, generation, from, min(length-int64(len(body)), readChunk))
		if errors.Is(err, errBehindEnd) {
			return b.nothing(ctx, key, offset, length)
		}
		if err != nil {
			return nil, err
		}
		body, generation = append(body, next.bytes...), next.generation
		if from+int64(len(next.bytes)) == next.size {
			break
		}
	}
	return body, nil
}

// nothing returns no bytes if a range is empty because the object ends there.
func (b *Bucket) nothing(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	found, err := b.stat(ctx, key)
	if err != nil {
		return nil, err
	}
	return nil, checkRange(key, offset, length, found.Size)
}

// empty stands for the only piece of an object without bytes.
func (b *Bucket) empty(ctx context.Context, key string) (piece, error) {
	found, err := b.stat(ctx, key)
	if err == nil && found.Size > 0 {
		err = errOverwritten
	}
	return piece{generation: found.Generation, crc32c: found.CRC32C}, err
}

// piece is some of the bytes of one generation of an object.
type piece struct {
	bytes      []byte
	generation string
	size       int64  // of the whole object
	crc32c     string // of the whole object
}

// piece reads up to length bytes. An answer that broke off is asked for again.
func (b *Bucket) piece(ctx context.Context, key, generation string, offset, length int64) (piece, error) {
	query := url.Values{"alt": {"media"}}
	if generation != "" {
		query.Set("generation", generation)
	}
	got, _, err := b.api.do(ctx, request{
		method: http.MethodGet, url: b.url(key, query),
		header: http.Header{
			"Range":           {fmt.Sprintf("bytes=%d-%d", offset, offset+length-1)},
			"Accept-Encoding": {"gzip"}, // the stored bytes, which are those with the checksum
		},
	})
	if errors.Is(err, ErrNotExist) && generation != "" {
		return piece{}, errOverwritten
	}
	if err != nil {
		return piece{}, err
	}
	p := piece{bytes: got.bytes, generation: got.header.Get("X-Goog-Generation")}
	for _, hash := range got.header.Values("X-Goog-Hash") {
		for one := range strings.SplitSeq(hash, ",") {
			if sum, found := strings.CutPrefix(strings.TrimSpace(one), "crc32c="); found {
				p.crc32c = sum
			}
		}
	}
	var first, last int64
	if _, err := fmt.Sscanf(got.header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &p.size); err != nil || first != offset || last-first+1 != int64(len(p.bytes)) {
		return piece{}, fmt.Errorf("asked for %d bytes from %d on, got %d and Content-Range %q", length, offset, len(p.bytes), got.header.Get("Content-Range"))
	}
	if p.generation == "" {
		return piece{}, errors.New("the answer tells no generation")
	}
	return p, nil
}
