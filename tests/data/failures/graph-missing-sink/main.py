"""Shortest driving times between towns."""

import heapq

ROADS = [
    ("Aston", "Brill", 12),
    ("Aston", "Crewe", 31),
    ("Brill", "Crewe", 9),
    ("Brill", "Dover", 25),
    ("Crewe", "Dover", 14),
]


def build_graph(roads: list[tuple[str, str, int]]) -> dict[str, list[tuple[str, int]]]:
    """Return the one-way roads that leave each town, as (destination, minutes)."""
    graph: dict[str, list[tuple[str, int]]] = {}
    for start, end, minutes in roads:
        graph.setdefault(start, []).append((end, minutes))
    return graph


def travel_times(roads: list[tuple[str, str, int]], source: str) -> dict[str, int]:
    """Return the least minutes from `source` to every town that can be reached."""
    graph = build_graph(roads)
    times: dict[str, int] = {}
    heap = [(0, source)]
    while heap:
        minutes, town = heapq.heappop(heap)
        if town in times:
            continue
        times[town] = minutes
        for neighbour, extra in graph[town]:
            if neighbour not in times:
                heapq.heappush(heap, (minutes + extra, neighbour))
    return times


if __name__ == "__main__":
    for town, minutes in travel_times(ROADS, "Aston").items():
        print(f"{town}: {minutes} min")
