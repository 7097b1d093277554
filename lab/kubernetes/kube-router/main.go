// The lab's network policy engine: kube-router's firewall alone, without its router, its service proxy and what those bring along.
// It translates NetworkPolicies into iptables rules and ipsets of its node.
package main

import (
	"context"
	"log"
	"os/signal"
	"sync"
	"syscall"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/spf13/pflag"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	settings := options.NewKubeRouterConfig()
	settings.AddFlags(pflag.CommandLine)
	pflag.Parse()
	if err := run(settings); err != nil {
		log.Fatal(err)
	}
}

func run(settings *options.KubeRouterConfig) error {
	connection, err := clientcmd.BuildConfigFromFlags(settings.Master, settings.Kubeconfig)
	if err != nil {
		return err
	}
	cluster, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return err
	}
	watching := informers.NewSharedInformerFactory(cluster, 0)
	pods := watching.Core().V1().Pods().Informer()
	namespaces := watching.Core().V1().Namespaces().Informer()
	policies := watching.Networking().V1().NetworkPolicies().Informer()

	rules, sets, err := netpol.NewIPTablesHandlers(settings)
	if err != nil {
		return err
	}
	engine, err := netpol.NewNetworkPolicyController(cluster, settings, pods, policies, namespaces, &sync.Mutex{}, rules, sets)
	if err != nil {
		return err
	}

	ended, release := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer release()
	watching.Start(ended.Done())
	watching.WaitForCacheSync(ended.Done())
	handlers := map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods:       engine.PodEventHandler,
		namespaces: engine.NamespaceEventHandler,
		policies:   engine.NetworkPolicyEventHandler,
	}
	for informer, handler := range handlers {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}

	// Nobody reads the engine's heartbeats here, and it waits until somebody takes them.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range heartbeats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	engine.Run(heartbeats, ended.Done(), &running)
	running.Wait()
	return nil
}
