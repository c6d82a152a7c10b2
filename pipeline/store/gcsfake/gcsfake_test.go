package gcsfake_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"perennial/pipeline/store/gcsfake"
)

// ask sends a request and returns the code and the body of the answer.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(got)
}

// generationOf finds the generation in what the API tells of an object.
func generationOf(t *testing.T, told string) string {
	t.Helper()
	_, rest, _ := strings.Cut(told, `"generation":"`)
	generation, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("no generation in %s", told)
	}
	return generation
}

// A condition that does not hold is 412 on every operation, and changes nothing.
func TestConditionsAreHonouredEverywhere(t *testing.T) {
	serving := httptest.NewServer(gcsfake.New("b"))
	defer serving.Close()
	object := serving.URL + "/storage/v1/b/b/o/a%2Fpart?"
	upload := serving.URL + "/upload/storage/v1/b/b/o?uploadType=media&name=a/part"
	code, told := ask(t, http.MethodPost, upload+"&ifGenerationMatch=0", "first")
	if code != http.StatusOK {
		t.Fatal(code, told)
	}
	now := generationOf(t, told)
	for _, wrong := range []string{"ifGenerationMatch=1", "ifGenerationMatch=0", "ifGenerationNotMatch=" + now, "ifMetagenerationMatch=7", "ifMetagenerationNotMatch=1"} {
		for _, tc := range []struct{ method, url string }{
			{http.MethodPost, upload + "&" + wrong},
			{http.MethodGet, object + wrong},
			{http.MethodGet, object + "alt=media&" + wrong},
			{http.MethodPatch, object + wrong},
			{http.MethodDelete, object + wrong},
		} {
			if code, _ := ask(t, tc.method, tc.url, "{}"); code != http.StatusPreconditionFailed {
				t.Errorf("%s %s: %d, want 412", tc.method, wrong, code)
			}
		}
	}
	if _, body := ask(t, http.MethodGet, object+"alt=media&generation="+now, ""); body != "first" {
		t.Errorf("after lost conditions the object is %q", body)
	}
	for _, tc := range []struct {
		method, url string
		want        int
	}{
		{http.MethodPatch, object + "ifMetagenerationMatch=1", http.StatusOK},
		{http.MethodGet, object + "ifMetagenerationMatch=2", http.StatusOK},
		{http.MethodGet, object + "generation=1", http.StatusNotFound},
		{http.MethodDelete, object + "ifGenerationMatch=" + now, http.StatusNoContent},
		{http.MethodGet, object, http.StatusNotFound},
		{http.MethodPost, upload + "&ifGenerationMatch=" + now, http.StatusPreconditionFailed},
	} {
		if code, told := ask(t, tc.method, tc.url, "{}"); code != tc.want {
			t.Errorf("%s %s: %d %s, want %d", tc.method, tc.url, code, told, tc.want)
		}
	}
	_, told = ask(t, http.MethodPost, upload+"&ifGenerationMatch=0", "again")
	if again := generationOf(t, told); again == now {
		t.Errorf("generation %s came twice", again)
	}
}

func TestListingInPages(t *testing.T) {
	serving := httptest.NewServer(gcsfake.New("b"))
	defer serving.Close()
	for i := range 5 {
		ask(t, http.MethodPost, fmt.Sprintf("%s/upload/storage/v1/b/b/o?uploadType=media&name=sets/%d", serving.URL, i), "x")
	}
	seen, token := 0, ""
	for {
		_, page := ask(t, http.MethodGet, serving.URL+"/storage/v1/b/b/o?prefix=sets/&maxResults=2&pageToken="+token, "")
		seen += strings.Count(page, `"generation"`)
		_, rest, more := strings.Cut(page, `"nextPageToken":"`)
		if !more {
			break
		}
		token, _, _ = strings.Cut(rest, `"`)
	}
	if seen != 5 {
		t.Errorf("listed %d objects in pages, want 5", seen)
	}
}

func TestAWrongChecksumIsRefused(t *testing.T) {
	serving := httptest.NewServer(gcsfake.New("b"))
	defer serving.Close()
	answer, err := http.Post(serving.URL+"/upload/storage/v1/b/b/o?uploadType=multipart", "multipart/related; boundary=x",
		strings.NewReader("--x\r\nContent-Type: application/json\r\n\r\n{\"name\":\"a\",\"crc32c\":\"AAAAAA==\"}\r\n--x\r\n\r\nscores\r\n--x--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %d, want 400", answer.StatusCode)
	}
}
