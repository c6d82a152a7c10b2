package gcsfake

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// largestPage is how many objects a page of a listing has at most.
const largestPage = 1000

// list answers with a page of the objects whose names begin with the prefix. The
// token of the next page is the last name of this one.
func list(w http.ResponseWriter, r *http.Request, objects map[string]object) {
	query := r.URL.Query()
	limit, err := strconv.Atoi(query.Get("maxResults"))
	if err != nil || limit < 1 || limit > largestPage {
		limit = largestPage
	}
	var page struct {
		Items         []object `json:"items,omitempty"`
		NextPageToken string   `json:"nextPageToken,omitempty"`
	}
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		if !strings.HasPrefix(name, query.Get("prefix")) || name <= query.Get("pageToken") {
			continue
		}
		if len(page.Items) == limit {
			page.NextPageToken = page.Items[limit-1].Name
			break
		}
		page.Items = append(page.Items, objects[name])
	}
	answerJSON(w, page)
}

// objectOf takes /storage/v1/b/BUCKET/o/OBJECT apart; a listing has no object.
func objectOf(escaped string) (bucket, name string, ok bool) {
	rest, ok := strings.CutPrefix(escaped, "/storage/v1/b/")
	if !ok {
		return "", "", false
	}
	bucket, rest, ok = strings.Cut(rest, "/o")
	if !ok {
		return "", "", false
	}
	bucket, err := url.PathUnescape(bucket)
	if err != nil {
		return "", "", false
	}
	name, err = url.PathUnescape(strings.TrimPrefix(rest, "/"))
	return bucket, name, err == nil
}
