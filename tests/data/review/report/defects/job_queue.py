import pickle
import socket


def receive_job(connection: socket.socket):
    size = int.from_bytes(connection.recv(4), "big")
    payload = connection.recv(size)
    return pickle.loads(payload)  <<security>>
