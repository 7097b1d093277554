// image-registry serves the images that the lab built, read-only, so that nodes pull as they do in production
// and a wrong tag is answered by a registry that says "manifest unknown". Repositories below private/ want credentials that
// nobody has, and those below busy/ have been pulled too often.
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
		if strings.HasPrefix(repository, "private/") {
			response.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			refuse(response, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
			return
		}
		if strings.HasPrefix(repository, "busy/") {
			refuse(response, http.StatusTooManyRequests, "TOOMANYREQUESTS", "too many pulls; try again later")
			return
		}
		if kind == "manifests" && !strings.HasPrefix(reference, "sha256:") {
			digest, failure := os.ReadFile(filepath.Join(directory, repository, "tags", reference))
			if failure != nil {
				refuse(response, http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown")
				return
			}
			reference = strings.TrimSpace(string(digest))
		}
		file, failure := os.Open(filepath.Join(directory, "blobs", reference))
		if failure != nil {
			refuse(response, http.StatusNotFound, "BLOB_UNKNOWN", "blob unknown to registry")
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

func refuse(response http.ResponseWriter, status int, code, message string) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	_, _ = response.Write([]byte(`{"errors":[{"code":"` + code + `","message":"` + message + `"}]}`))
}
