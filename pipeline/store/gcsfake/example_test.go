package gcsfake_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"perennial/pipeline/store/gcsfake"
)

// The answer to the first request is lost, though the object was made: the second
// finds it there.
func Example() {
	server := gcsfake.New("shop")
	server.Fault = func(r gcsfake.Request) gcsfake.Fault {
		if r.N == 1 {
			return gcsfake.EOFAfter
		}
		return gcsfake.None
	}
	serving := httptest.NewServer(server)
	defer serving.Close()
	for range 2 {
		answer, err := http.Post(serving.URL+"/upload/storage/v1/b/shop/o?uploadType=media&name=commits/1&ifGenerationMatch=0", "text/plain", strings.NewReader("ours"))
		if err != nil {
			fmt.Println("no answer")
			continue
		}
		fmt.Println(answer.StatusCode)
		answer.Body.Close()
	}
	// Output:
	// no answer
	// 412
}
