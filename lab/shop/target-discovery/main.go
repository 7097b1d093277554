// target-discovery tells Prometheus which pods and nodes to scrape. Debian builds Prometheus without its Kubernetes
// discovery, so this program reads the API server and answers in the format of Prometheus' HTTP discovery.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

type list struct {
	Items []struct {
		Metadata struct {
			Name, Namespace     string
			Labels, Annotations map[string]string
		}
		Spec struct {
			NodeName   string
			Containers []struct {
				Ports []struct {
					Name          string
					ContainerPort int
				}
			}
		}
		Status struct {
			PodIP, Phase string
			Addresses    []struct{ Type, Address string }
		}
	}
}

func main() {
	server, directory := os.Args[1], os.Args[2]
	client := clientWith(directory)
	http.HandleFunc("/pods", func(response http.ResponseWriter, _ *http.Request) {
		pods, failure := read(client, server+"/api/v1/pods")
		answer(response, podTargets(pods), failure)
	})
	http.HandleFunc("/nodes/", func(response http.ResponseWriter, request *http.Request) {
		nodes, failure := read(client, server+"/api/v1/nodes")
		answer(response, nodeTargets(nodes, request.URL.Path[len("/nodes/"):]), failure)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:9098", nil))
}

func podTargets(pods list) []target {
	targets := []target{}
	for _, pod := range pods.Items {
		if pod.Metadata.Annotations["prometheus.io/scrape"] != "true" || pod.Status.PodIP == "" || pod.Status.Phase != "Running" {
			continue
		}
		name := pod.Metadata.Labels["app"]
		if name == "" {
			name = pod.Metadata.Labels["k8s-app"]
		}
		for _, container := range pod.Spec.Containers {
			for _, port := range container.Ports {
				if port.Name != "http" && port.Name != "metrics" {
					continue
				}
				targets = append(targets, target{
					Targets: []string{fmt.Sprintf("%s:%d", pod.Status.PodIP, port.ContainerPort)},
					Labels:  map[string]string{"namespace": pod.Metadata.Namespace, "pod": pod.Metadata.Name, "node": pod.Spec.NodeName, "service": name},
				})
			}
		}
	}
	return targets
}

func nodeTargets(nodes list, port string) []target {
	targets := []target{}
	for _, node := range nodes.Items {
		for _, address := range node.Status.Addresses {
			if address.Type == "InternalIP" {
				targets = append(targets, target{Targets: []string{address.Address + ":" + port}, Labels: map[string]string{"node": node.Metadata.Name}})
			}
		}
	}
	return targets
}

func read(client *http.Client, address string) (list, error) {
	var found list
	response, failure := client.Get(address)
	if failure != nil {
		return found, failure
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return found, fmt.Errorf("%s answered %s", address, response.Status)
	}
	return found, json.NewDecoder(response.Body).Decode(&found)
}

// On failure Prometheus keeps the targets that it knows.
func answer(response http.ResponseWriter, targets []target, failure error) {
	if failure != nil {
		log.Print(failure)
		http.Error(response, failure.Error(), http.StatusBadGateway)
		return
	}
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(targets)
}

func clientWith(directory string) *http.Client {
	authority, failure := os.ReadFile(directory + "/authority.crt")
	if failure != nil {
		log.Fatal(failure)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	own, failure := tls.LoadX509KeyPair(directory+"/client.crt", directory+"/client.key")
	if failure != nil {
		log.Fatal(failure)
	}
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{own}}}}
}
