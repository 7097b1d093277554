// alert-sink is the pager of the lab: it appends every webhook that Alertmanager sends to a file, one JSON line each.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	file, failure := os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if failure != nil {
		log.Fatal(failure)
	}
	http.HandleFunc("/alerts", func(response http.ResponseWriter, request *http.Request) {
		body, failure := io.ReadAll(io.LimitReader(request.Body, 1<<20))
		var line bytes.Buffer
		if failure != nil || json.Compact(&line, body) != nil {
			http.Error(response, "not JSON", http.StatusBadRequest)
			return
		}
		line.WriteByte('\n')
		_, _ = file.Write(line.Bytes())
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:9099", nil))
}
