// image-registry serves the images that the lab built, read-only, so that nodes pull as they do in production
// and a wrong tag is answered by a registry that says "manifest unknown".
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// The directory holds one OCI image layout per repository: <directory>/<repository>/tags/<tag> and <directory>/blobs/<digest>.
func main() {
	directory, address := os.Args[1], os.Args[2]
	http.HandleFunc("/v2/", func(response http.ResponseWriter, request *http.Request) {
		parts := strings.Split(strings.TrimPrefix(filepath.Clean(request.URL.Path), "/v2/"), "/")
		if len(parts) < 3 {
			response.WriteHeader(http.StatusOK)
			return
		}
		repository := strings.Join(parts[:len(parts)-2], "/")
		kind, reference := parts[len(parts)-2], parts[len(parts)-1]
		if kind == "manifests" && !strings.HasPrefix(reference, "sha256:") {
			digest, failure := os.ReadFile(filepath.Join(directory, repository, "tags", reference))
			if failure != nil {
				unknown(response, "MANIFEST_UNKNOWN", "manifest unknown")
				return
			}
			reference = strings.TrimSpace(string(digest))
		}
		file, failure := os.Open(filepath.Join(directory, "blobs", reference))
		if failure != nil {
			unknown(response, "BLOB_UNKNOWN", "blob unknown to registry")
			return
		}
		defer file.Close()
		information, _ := file.Stat()
		response.Header().Set("Docker-Content-Digest", reference)
		response.Header().Set("Content-Type", "application/octet-stream")
		if kind == "manifests" {
			response.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		}
		http.ServeContent(response, request, "", information.ModTime(), file)
	})
	log.Fatal(http.ListenAndServe(address, nil))
}

func unknown(response http.ResponseWriter, code, message string) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(http.StatusNotFound)
	_, _ = response.Write([]byte(`{"errors":[{"code":"` + code + `","message":"` + message + `"}]}`))
}
